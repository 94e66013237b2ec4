//! The table on PostgreSQL: one connection per thread.

use std::error::Error;
use std::io::Write;

use postgres::error::SqlState;
use postgres::{Client, NoTls, Statement};

use poterne::{Record, Store};

use crate::database::{Database, Row};

/// The server that `tests/databases` has started.
pub(crate) struct Postgresql {
    url: String,
    update: &'static str,
}

impl Postgresql {
    /// Makes an empty table.
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let port = std::env::var("POTERNE_POSTGRESQL_PORT")
            .map_err(|_| "POTERNE_POSTGRESQL_PORT is not set: run this by tests/databases")?;
        let url = format!("host=127.0.0.1 port={port} user=poterne password=poterne dbname=poterne");
        Client::connect(&url, NoTls)?.batch_execute(
            "DROP TABLE IF EXISTS poterne;
             CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)",
        )?;
        Ok(Self { url, update: "UPDATE poterne SET record = $3 WHERE account = $1 AND record = $2" })
    }

    /// Overwrites any stored record.
    pub(crate) fn without_comparison(self) -> Self {
        // The parameter is there, and compares with nothing.
        Self { update: "UPDATE poterne SET record = $3 WHERE account = $1 AND $2 <> ''", ..self }
    }
}

impl Database for Postgresql {
    type Connection = Connection;

    fn name(&self) -> &'static str {
        "postgresql"
    }

    fn fill(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), Box<dyn Error>> {
        let mut client = Client::connect(&self.url, NoTls)?;
        // Neither names nor records have a character that this format would escape.
        let mut copy = client.copy_in("COPY poterne (account, record) FROM STDIN")?;
        for row in rows {
            let (account, record) = row?;
            writeln!(copy, "{account}\t{}", record.as_str())?;
        }
        copy.finish()?;
        Ok(client.batch_execute("ANALYZE poterne")?)
    }

    fn connect(&self) -> Result<Connection, Box<dyn Error>> {
        let mut client = Client::connect(&self.url, NoTls)?;
        let select = client.prepare("SELECT record FROM poterne WHERE account = $1")?;
        let update = client.prepare(self.update)?;
        Ok(Connection { client, select, update })
    }
}

pub(crate) struct Connection {
    pub(crate) client: Client,
    select: Statement,
    update: Statement,
}

impl Store for Connection {
    fn load(&mut self, account: &str) -> Result<Option<String>, poterne::Error> {
        let row = self.client.query_opt(&self.select, &[&account]).map_err(poterne::Error::unavailable)?;
        row.map(|row| row.try_get(0)).transpose().map_err(poterne::Error::unavailable)
    }

    /// Outside a transaction a statement is one of its own, and committed when it answers.
    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, poterne::Error> {
        match self.client.execute(&self.update, &[&account, &old, &new.as_str()]) {
            Err(error) if is_conflict(&error) => Ok(0),
            updated => updated.map_err(poterne::Error::unavailable),
        }
    }
}

/// Nothing was written, because another one was at work.
fn is_conflict(error: &postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
}
