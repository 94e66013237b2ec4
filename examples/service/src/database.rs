//! What the application keeps beside the credentials: users, sessions, submissions, payments.

use deadpool_postgres::Pool;
use poterne::{Error, Method, Refusal};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::random::digest;
use crate::table::{connection, in_time};

/// The tables. Sessions are rows, not sealed cookies: signing out, a new password and the help desk can end a row on all nodes at once.
/// A row holds the hash of the cookie, so that a copy of the table opens nothing.
pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS service_user (account TEXT PRIMARY KEY, password TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS service_session (
        id BYTEA PRIMARY KEY, account TEXT NOT NULL, method INTEGER NOT NULL, refused_before BIGINT NOT NULL,
        opened_at TIMESTAMPTZ NOT NULL DEFAULT now(), used_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        device INTEGER, old_record TEXT, pending_record TEXT, replacing_at TIMESTAMPTZ);
    CREATE INDEX IF NOT EXISTS service_session_account ON service_session (account);
    CREATE TABLE IF NOT EXISTS service_submission (
        id BYTEA PRIMARY KEY, nonce TEXT NOT NULL, made_at TIMESTAMPTZ NOT NULL DEFAULT now(), outcome INTEGER, detail BIGINT,
        codes_for TEXT, codes_record BYTEA);
    CREATE TABLE IF NOT EXISTS service_payment (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account TEXT NOT NULL, payee TEXT NOT NULL, cents BIGINT NOT NULL,
        done_at TIMESTAMPTZ);
    CREATE INDEX IF NOT EXISTS service_payment_account ON service_payment (account);";

/// NIST SP 800-63B (revision 3, 4.2.3): 12 hours, and 30 minutes without activity.
const OPEN: &str = "opened_at > now() - interval '12 hours' AND used_at > now() - interval '30 minutes'";

/// A new phone that was begun: its QR code asks for no code any more, and whoever takes the session over later must not have it.
const REPLACING: &str = "replacing_at > now() - interval '15 minutes'";

/// The statements of the application.
pub(crate) struct Database {
    pool: Pool,
}

/// A session that a code has opened.
pub(crate) struct Session {
    pub(crate) account: String,
    /// How the login was accepted.
    pub(crate) method: Option<Method>,
    /// Codes that were refused before it.
    pub(crate) refused_before: u32,
    /// The new phone that is being set up.
    pub(crate) replacement: Option<Replacing>,
    /// The value of the cookie.
    pub(crate) token: String,
}

/// A new phone that waits for its first code: both records of `poterne::Replacement`, sealed.
pub(crate) struct Replacing {
    pub(crate) device: usize,
    pub(crate) old: String,
    pub(crate) pending: String,
}

/// What a submitted code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted(Method),
    Confirmed,
    Refused(Refusal),
}

/// A form with a code, as it was sent. A double click sends it twice.
pub(crate) enum Submission {
    /// It is here for the first time. Nobody outside knows the nonce.
    First { nonce: String },
    /// It was here before, so many milliseconds ago. No outcome yet: the first is still at work, or died.
    Again { nonce: String, age: i64, outcome: Option<Outcome> },
}

/// A payment. What its approval is about is read from here, both times.
pub(crate) struct Payment {
    pub(crate) id: i64,
    pub(crate) account: String,
    pub(crate) payee: String,
    pub(crate) cents: i64,
    pub(crate) is_done: bool,
}

impl Database {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Makes the tables that are not there yet. Nodes that start together wait for each other.
    pub(crate) async fn create(&self, schema: &str) -> Result<(), Error> {
        let client = connection(&self.pool).await?;
        let statements = format!("BEGIN; SELECT pg_advisory_xact_lock(7269); {schema} COMMIT");
        in_time(client.batch_execute(&statements)).await
    }

    /// The password hash of a user; `None` if nobody has this account.
    pub(crate) async fn password_hash(&self, account: &str) -> Result<Option<String>, Error> {
        let row = self.query_opt("SELECT password FROM service_user WHERE account = $1", &[&account]).await?;
        row.map(|row| column(&row, 0)).transpose()
    }

    /// Adds a user, or gives a new password and ends the sessions.
    pub(crate) async fn add_user(&self, account: &str, password_hash: &str) -> Result<(), Error> {
        let insert = "INSERT INTO service_user (account, password) VALUES ($1, $2)
            ON CONFLICT (account) DO UPDATE SET password = EXCLUDED.password";
        self.execute(insert, &[&account, &password_hash]).await?;
        self.execute("DELETE FROM service_session WHERE account = $1", &[&account]).await?;
        Ok(())
    }

    /// Opens a session, if the password is still the one that was right. A new password waits for this, and then ends the session.
    pub(crate) async fn open_session(
        &self,
        token: &str,
        account: &str,
        password_hash: &str,
        method: Method,
        refused_before: u32,
    ) -> Result<bool, Error> {
        let insert = "INSERT INTO service_session (id, account, method, refused_before)
            SELECT $1::BYTEA, account, $3::INTEGER, $4::BIGINT FROM service_user WHERE account = $2 AND password = $5 FOR SHARE";
        let (number, refused) = (method.number(), i64::from(refused_before));
        Ok(self.execute(insert, &[&id(token), &account, &number, &refused, &password_hash]).await? == 1)
    }

    /// The session of a cookie, if it is open.
    pub(crate) async fn session(&self, token: &str) -> Result<Option<Session>, Error> {
        let select = format!(
            "SELECT account, method, refused_before, CASE WHEN {REPLACING} THEN device END, old_record, pending_record,
                used_at < now() - interval '1 minute'
             FROM service_session WHERE id = $1 AND {OPEN}"
        );
        let Some(row) = self.query_opt(&select, &[&id(token)]).await? else { return Ok(None) };
        if column(&row, 6)? {
            self.execute("UPDATE service_session SET used_at = now() WHERE id = $1", &[&id(token)]).await?;
        }
        let refused_before: i64 = column(&row, 2)?;
        let (device, old, pending): (Option<i32>, _, _) =
            (column(&row, 3)?, column(&row, 4)?, column(&row, 5)?);
        let replacement = match (device, old, pending) {
            (Some(device), Some(old), Some(pending)) => {
                Some(Replacing { device: usize::try_from(device).unwrap_or_default(), old, pending })
            }
            _ => None,
        };
        Ok(Some(Session {
            account: column(&row, 0)?,
            method: Method::from_number(column(&row, 1)?),
            refused_before: u32::try_from(refused_before).unwrap_or_default(),
            replacement,
            token: token.into(),
        }))
    }

    pub(crate) async fn close_session(&self, token: &str) -> Result<(), Error> {
        self.execute("DELETE FROM service_session WHERE id = $1", &[&id(token)]).await?;
        Ok(())
    }

    /// Ends all sessions of an account but this one: what they were opened with is out of use.
    pub(crate) async fn close_others(&self, session: &Session) -> Result<(), Error> {
        let delete = "DELETE FROM service_session WHERE account = $1 AND id <> $2";
        self.execute(delete, &[&session.account, &id(&session.token)]).await?;
        Ok(())
    }

    /// Keeps a new phone in the session, or forgets it.
    pub(crate) async fn keep_replacement(
        &self,
        token: &str,
        replacing: Option<&Replacing>,
    ) -> Result<(), Error> {
        let update = "UPDATE service_session SET device = $2, old_record = $3, pending_record = $4, replacing_at = now() WHERE id = $1";
        let device = replacing.and_then(|replacing| i32::try_from(replacing.device).ok());
        let (old, pending) = (replacing.map(|each| &each.old), replacing.map(|each| &each.pending));
        self.execute(update, &[&id(token), &device, &old, &pending]).await?;
        Ok(())
    }

    /// Writes a submission down before its code is looked at.
    pub(crate) async fn submit(&self, id: &[u8; 32], nonce: String) -> Result<Submission, Error> {
        let insert = "INSERT INTO service_submission (id, nonce) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        if self.execute(insert, &[&id.as_slice(), &nonce]).await? == 1 {
            return Ok(Submission::First { nonce });
        }
        let select =
            "SELECT nonce, (extract(epoch FROM clock_timestamp() - made_at) * 1000)::BIGINT, outcome, detail
            FROM service_submission WHERE id = $1";
        match self.query_opt(select, &[&id.as_slice()]).await? {
            Some(row) => {
                let outcome: Option<i32> = column(&row, 2)?;
                let detail: Option<i64> = column(&row, 3)?;
                let outcome =
                    outcome.and_then(|number| Outcome::from_number(number, detail.unwrap_or_default()));
                Ok(Submission::Again { nonce: column(&row, 0)?, age: column(&row, 1)?, outcome })
            }
            // An error took it back in the meantime: no verdict here either.
            None => Err(Error::unavailable("the same form is being answered")),
        }
    }

    /// Writes down what it led to; `None` takes it back, so that it may be sent again.
    pub(crate) async fn settle(&self, id: &[u8; 32], outcome: Option<Outcome>) -> Result<(), Error> {
        match outcome.map(Outcome::number) {
            Some((number, detail)) => {
                let update = "UPDATE service_submission SET outcome = $2, detail = $3 WHERE id = $1";
                self.execute(update, &[&id.as_slice(), &number, &detail]).await?;
            }
            None => {
                self.execute("DELETE FROM service_submission WHERE id = $1", &[&id.as_slice()]).await?;
            }
        }
        Ok(())
    }

    /// Writes down for which row, as it is now, a submission may be shown recovery codes. Of the record there is a digest.
    pub(crate) async fn grant_codes(&self, id: &[u8; 32], row: &str, record: &[u8; 32]) -> Result<(), Error> {
        let update = "UPDATE service_submission SET codes_for = $2, codes_record = $3 WHERE id = $1";
        self.execute(update, &[&id.as_slice(), &row, &record.as_slice()]).await?;
        Ok(())
    }

    /// Whether a submission, or its twin, led to recovery codes.
    pub(crate) async fn has_codes(&self, id: &[u8; 32]) -> Result<bool, Error> {
        let select = "SELECT 1 FROM service_submission WHERE id = $1 AND codes_for IS NOT NULL";
        Ok(self.query_opt(select, &[&id.as_slice()]).await?.is_some())
    }

    /// The row, and the digest of its record, if an accepted submission is looked at for the first time, and within a minute.
    pub(crate) async fn first_look(&self, id: &[u8; 32]) -> Result<Option<(String, Vec<u8>)>, Error> {
        let update = "UPDATE service_submission SET detail = 1
            WHERE id = $1 AND outcome >= $2 AND detail = 0 AND codes_for IS NOT NULL AND made_at > now() - interval '60 seconds'
            RETURNING codes_for, codes_record";
        let row = self.query_opt(update, &[&id.as_slice(), &CONFIRMED]).await?;
        row.map(|row| Ok((column(&row, 0)?, column(&row, 1)?))).transpose()
    }

    /// Deletes what is over. A submission is over with its ticket, 600 seconds at most.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        self.execute("DELETE FROM service_submission WHERE made_at < now() - interval '15 minutes'", &[])
            .await?;
        self.execute(&format!("DELETE FROM service_session WHERE NOT ({OPEN})"), &[]).await?;
        Ok(())
    }

    pub(crate) async fn prepare_payment(&self, account: &str, payee: &str, cents: i64) -> Result<i64, Error> {
        let insert = "INSERT INTO service_payment (account, payee, cents) VALUES ($1, $2, $3) RETURNING id";
        let row = self.query_opt(insert, &[&account, &payee, &cents]).await?;
        row.map_or_else(|| Err(Error::unavailable("no row")), |row| column(&row, 0))
    }

    /// The last payments of a user.
    pub(crate) async fn payments(&self, account: &str) -> Result<Vec<Payment>, Error> {
        let select = "SELECT id, account, payee, cents, done_at IS NOT NULL FROM service_payment
            WHERE account = $1 ORDER BY id DESC LIMIT 20";
        let client = connection(&self.pool).await?;
        let rows = in_time(async {
            let select = client.prepare_cached(select).await?;
            client.query(&select, &[&account]).await
        });
        rows.await?.iter().map(payment).collect()
    }

    /// A payment of this user, and of nobody else.
    pub(crate) async fn payment(&self, account: &str, id: i64) -> Result<Option<Payment>, Error> {
        let select = "SELECT id, account, payee, cents, done_at IS NOT NULL FROM service_payment WHERE account = $1 AND id = $2";
        self.query_opt(select, &[&account, &id]).await?.map(|row| payment(&row)).transpose()
    }

    /// Pays, if it is still the same act and was not done before. This is where money would move.
    pub(crate) async fn pay(&self, payment: &Payment) -> Result<bool, Error> {
        let update = "UPDATE service_payment SET done_at = now()
            WHERE id = $1 AND account = $2 AND payee = $3 AND cents = $4 AND done_at IS NULL";
        let Payment { id, account, payee, cents, .. } = payment;
        Ok(self.execute(update, &[id, account, payee, cents]).await? == 1)
    }

    async fn execute(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, Error> {
        let client = connection(&self.pool).await?;
        in_time(async { client.execute(&client.prepare_cached(statement).await?, values).await }).await
    }

    async fn query_opt(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, Error> {
        let client = connection(&self.pool).await?;
        in_time(async { client.query_opt(&client.prepare_cached(statement).await?, values).await }).await
    }
}

impl Outcome {
    /// The code for the journal.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Accepted(Method::RecoveryCode) => "accepted.recovery_code",
            Self::Accepted(Method::TemporaryCode) => "accepted.temporary_code",
            Self::Accepted(_) => "accepted.otp",
            Self::Confirmed => "confirmed",
            Self::Refused(refusal) => refusal.code(),
        }
    }

    fn number(self) -> (i32, i64) {
        match self {
            Self::Accepted(method) => (ACCEPTED.saturating_add(method.number()), 0),
            Self::Confirmed => (CONFIRMED, 0),
            Self::Refused(refusal) => (refusal.number(), detail(refusal)),
        }
    }

    fn from_number(number: i32, detail: i64) -> Option<Self> {
        match number {
            CONFIRMED => Some(Self::Confirmed),
            ACCEPTED.. => Method::from_number(number.saturating_sub(ACCEPTED)).map(Self::Accepted),
            _ => Refusal::from_number(number, detail).map(Self::Refused),
        }
    }
}

/// The seconds or steps that a refusal has, as `Refusal::from_number` takes them.
pub(crate) fn detail(refusal: Refusal) -> i64 {
    match refusal {
        Refusal::Wait { seconds } => i64::try_from(seconds).unwrap_or(i64::MAX),
        Refusal::ClockOff { steps } => steps,
        _ => 0,
    }
}

fn id(token: &str) -> Vec<u8> {
    digest(&["session", token]).to_vec()
}

fn payment(row: &Row) -> Result<Payment, Error> {
    Ok(Payment {
        id: column(row, 0)?,
        account: column(row, 1)?,
        payee: column(row, 2)?,
        cents: column(row, 3)?,
        is_done: column(row, 4)?,
    })
}

fn column<'r, T: tokio_postgres::types::FromSql<'r>>(row: &'r Row, index: usize) -> Result<T, Error> {
    row.try_get(index).map_err(|_| Error::unavailable("a column has another type"))
}

const CONFIRMED: i32 = 999;
const ACCEPTED: i32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_as_they_were_written() {
        let refusals = Refusal::ALL
            .iter()
            .copied()
            .chain([Refusal::Wait { seconds: 90 }, Refusal::ClockOff { steps: -3 }]);
        let accepted = Method::ALL.iter().copied().map(Outcome::Accepted);
        for outcome in refusals.map(Outcome::Refused).chain(accepted).chain([Outcome::Confirmed]) {
            let (number, detail) = outcome.number();
            assert_eq!(Outcome::from_number(number, detail), Some(outcome));
        }
        assert_eq!(Outcome::from_number(0, 0), None);
        assert_eq!(Outcome::from_number(998, 0), None);
        assert_eq!(Outcome::from_number(ACCEPTED, 0), None);
    }
}
