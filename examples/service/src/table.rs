//! The table of credentials. This is the part to copy: the compare-and-swap, and the loop around it.

use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{Client, Pool};
use poterne::{
    Attempt, CheckStep, Database, Denial, Error, NotStored, Parameters, Step, Steps, StoreCheck,
    StoredCredential, UnixTime, Verifier, is_conflict,
};

/// The statements of the table.
pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL);";

/// The table `poterne (account, record)`, over a pool. No call holds a connection while it waits for another.
#[derive(Clone)]
pub(crate) struct Table {
    pool: Pool,
}

impl Table {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Loads, makes the attempt, swaps: up to three times (semantics 7.7). `Store::apply`, with `await`.
    pub(crate) async fn apply<T, D: Denial>(
        &self,
        verifier: &Verifier,
        account: &str,
        make: impl Fn(StoredCredential<'_>) -> Result<Attempt<T, D>, Error>,
    ) -> Result<T, D> {
        let mut steps = Steps::new();
        loop {
            match steps.step() {
                Step::Load => {
                    let record = self.load(account).await?;
                    steps.loaded(record, |record| make(verifier.credential(account, record)?))?;
                }
                Step::Swap { old, new } => {
                    let rows = self.swap(account, Some(old), new.as_str()).await?;
                    steps.swapped(rows)?;
                }
                Step::Done => return steps.outcome(),
            }
        }
    }

    /// The stored record. `account` is the spelling of the application's own list (semantics 9.7).
    pub(crate) async fn load(&self, account: &str) -> Result<Option<String>, Error> {
        load(&connection(&self.pool).await?, account).await
    }

    /// Stores `new` in the place of `old`, or as the first record. Returns the number of rows, committed.
    pub(crate) async fn swap(&self, account: &str, old: Option<&str>, new: &str) -> Result<u64, Error> {
        swap(&connection(&self.pool).await?, account, old, new).await
    }

    /// Those of the accounts that have a record.
    pub(crate) async fn those_with_a_record(&self, accounts: &[String]) -> Result<Vec<String>, Error> {
        let client = connection(&self.pool).await?;
        let found = async {
            let select = client
                .prepare_cached("SELECT account FROM poterne WHERE account = ANY($1) AND btrim(record) <> ''")
                .await?;
            client.query(&select, &[&accounts]).await?.iter().map(|row| row.try_get(0)).collect()
        };
        in_time(found).await
    }

    /// Whether nobody has a record.
    pub(crate) async fn is_empty(&self) -> Result<bool, Error> {
        let client = connection(&self.pool).await?;
        let row = in_time(client.query_opt("SELECT 1 FROM poterne LIMIT 1", &[])).await?;
        Ok(row.is_none())
    }

    /// Proves that the table compares, commits and keeps, on an account that nobody has (semantics 7.9).
    pub(crate) async fn check(&self, verifier: &Verifier) -> Result<(), NotStored> {
        let account = CHECK_ACCOUNT;
        if self.load(account).await?.is_none() {
            let enrollment = verifier.enroll(account, Parameters::totp(), UnixTime::now()?)?;
            self.swap(account, None, enrollment.record().as_str()).await?;
            self.apply(verifier, account, |credential| credential.revoke()).await?;
        }
        // Two connections: the second sees nothing that the first has not committed.
        let (first, second) = (connection(&self.pool).await?, connection(&self.pool).await?);
        let mut check = StoreCheck::new(account);
        loop {
            match check.step() {
                CheckStep::Load => {
                    let record = load(&first, account).await?;
                    check.loaded(verifier, record.as_deref())?;
                }
                CheckStep::LoadBySecond => {
                    let record = load(&second, account).await?;
                    check.loaded(verifier, record.as_deref())?;
                }
                CheckStep::Swap { old, new } => {
                    let rows = swap(&first, account, old, new.as_str()).await?;
                    check.swapped(rows)?;
                }
                CheckStep::Pause { milliseconds } => {
                    tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
                    check.paused()?;
                }
                CheckStep::Done => return check.outcome(),
            }
        }
    }
}

async fn load(client: &Client, account: &str) -> Result<Option<String>, Error> {
    let loaded = async {
        let select = client.prepare_cached("SELECT record FROM poterne WHERE account = $1").await?;
        client.query_opt(&select, &[&account]).await?.map(|row| row.try_get(0)).transpose()
    };
    in_time(loaded).await
}

/// A statement outside a transaction is one of its own, and committed when it answers. A cluster with synchronous standbys must also
/// look at the warnings of the commit: see the library's guide, "databases".
async fn swap(client: &Client, account: &str, old: Option<&str>, new: &str) -> Result<u64, Error> {
    let swapped = async {
        match old {
            Some(old) => {
                let update = "UPDATE poterne SET record = $3 WHERE account = $1 AND record = $2";
                client.execute(&client.prepare_cached(update).await?, &[&account, &old, &new]).await
            }
            None => {
                let insert = "INSERT INTO poterne (account, record) VALUES ($1, $2) ON CONFLICT DO NOTHING";
                client.execute(&client.prepare_cached(insert).await?, &[&account, &new]).await
            }
        }
    };
    match tokio::time::timeout(DEADLINE, swapped).await {
        Ok(Ok(rows)) => Ok(rows),
        Ok(Err(error)) => match error.code() {
            Some(state) if !is_conflict(Database::PostgreSql, Some(state.code()), None) => {
                Err(unavailable(error))
            }
            // Nothing was written; or the answer was lost, and with it who knows what: 0 rows, never 1.
            _ => Ok(0),
        },
        Err(_) => Ok(0),
    }
}

/// A connection of the pool, which waits a limited time for one.
pub(crate) async fn connection(pool: &Pool) -> Result<Client, Error> {
    pool.get().await.map_err(Error::unavailable)
}

/// The answer of a statement. A server that does not answer is unavailable, and is no verdict.
pub(crate) async fn in_time<T>(
    statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(DEADLINE, statement).await {
        Ok(answer) => answer.map_err(unavailable),
        Err(elapsed) => Err(Error::unavailable(elapsed)),
    }
}

/// The text of a database error may show a record: its SQLSTATE alone goes on.
fn unavailable(error: tokio_postgres::Error) -> Error {
    Error::unavailable(error.code().map_or("no answer", |state| state.code()).to_owned())
}

/// Longer than the server's own limits, which `main` sets: for a server that is gone.
const DEADLINE: Duration = Duration::from_secs(5);

/// The account of the check. No user can have it: see `passwords`.
pub(crate) const CHECK_ACCOUNT: &str = "poterne check";
