//! PostgreSQL, at one of its isolation levels.

use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};

use super::{Connection, Failure, port};

struct Postgresql {
    client: Client,
    begin: String,
}

pub(super) fn connect(isolation: &str) -> Result<Box<dyn Connection + Send>, Failure> {
    let mut client = Config::new()
        .host("127.0.0.1")
        .port(port("POTERNE_POSTGRESQL_PORT"))
        .user("poterne")
        .password("poterne")
        .dbname("poterne")
        .connect(NoTls)?;
    // Two that make the table at once can fail in the catalog: they queue. The lock ends with the transaction.
    client.batch_execute(
        "SET client_min_messages = warning;
         BEGIN;
         SELECT pg_advisory_xact_lock(1);
         CREATE TABLE IF NOT EXISTS poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL);
         COMMIT",
    )?;
    let begin = format!("BEGIN ISOLATION LEVEL {isolation}; SET LOCAL lock_timeout = '2s'");
    Ok(Box::new(Postgresql { client, begin }))
}

impl Connection for Postgresql {
    fn select(&mut self, account: &str) -> Result<Option<String>, Failure> {
        let row = self.client.query_opt("SELECT record FROM poterne WHERE account = $1", &[&account])?;
        Ok(row.map(|row| row.get(0)))
    }

    fn begin(&mut self) -> Result<(), Failure> {
        Ok(self.client.batch_execute(&self.begin)?)
    }

    fn update(&mut self, account: &str, old: Option<&str>, new: &str) -> Result<u64, Failure> {
        Ok(match old {
            Some(old) => self.client.execute(
                "UPDATE poterne SET record = $3 WHERE account = $1 AND record = $2",
                &[&account, &old, &new],
            ),
            None => {
                self.client.execute("UPDATE poterne SET record = $2 WHERE account = $1", &[&account, &new])
            }
        }?)
    }

    fn insert(&mut self, account: &str, record: &str) -> Result<u64, Failure> {
        Ok(self.client.execute(
            "INSERT INTO poterne (account, record) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING",
            &[&account, &record],
        )?)
    }

    fn commit(&mut self) -> Result<(), Failure> {
        Ok(self.client.batch_execute("COMMIT")?)
    }

    fn rollback(&mut self) -> Result<(), Failure> {
        Ok(self.client.batch_execute("ROLLBACK")?)
    }
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        let conflicts = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
        ];
        match error.code() {
            Some(code) if conflicts.contains(code) => Self::Conflict,
            _ => Self::Other(error.into()),
        }
    }
}
