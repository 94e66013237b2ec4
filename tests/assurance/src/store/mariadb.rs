//! MariaDB with InnoDB, at REPEATABLE READ, its default.

use mysql::prelude::Queryable;
use mysql::{Conn, Error, OptsBuilder, params};

use super::{Connection, Failure, port};

pub(super) fn connect() -> Result<Box<dyn Connection + Send>, Failure> {
    let options = OptsBuilder::new()
        .ip_or_hostname(Some("127.0.0.1"))
        .tcp_port(port("POTERNE_MARIADB_PORT"))
        .prefer_socket(false)
        .user(Some("poterne"))
        .pass(Some("poterne"))
        .db_name(Some("poterne"));
    let mut connection = Conn::new(options)?;
    connection.query_drop("SET SESSION innodb_lock_wait_timeout = 2")?;
    connection.query_drop(
        "CREATE TABLE IF NOT EXISTS poterne (
             account VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
             record  VARCHAR(504) CHARACTER SET ascii   COLLATE ascii_bin   NOT NULL
         ) ENGINE = InnoDB",
    )?;
    Ok(Box::new(connection))
}

impl Connection for Conn {
    fn select(&mut self, account: &str) -> Result<Option<String>, Failure> {
        Ok(self.exec_first("SELECT record FROM poterne WHERE account = ?", (account,))?)
    }

    fn begin(&mut self) -> Result<(), Failure> {
        Ok(self.query_drop("START TRANSACTION")?)
    }

    fn update(&mut self, account: &str, old: Option<&str>, new: &str) -> Result<u64, Failure> {
        match old {
            Some(old) => self.exec_drop(
                "UPDATE poterne SET record = :new WHERE account = :account AND record = :old",
                params! { new, account, old },
            ),
            None => self.exec_drop(
                "UPDATE poterne SET record = :new WHERE account = :account",
                params! { new, account },
            ),
        }?;
        Ok(self.affected_rows())
    }

    fn insert(&mut self, account: &str, record: &str) -> Result<u64, Failure> {
        self.exec_drop("INSERT INTO poterne (account, record) VALUES (?, ?)", (account, record))?;
        Ok(self.affected_rows())
    }

    fn commit(&mut self) -> Result<(), Failure> {
        Ok(self.query_drop("COMMIT")?)
    }

    fn rollback(&mut self) -> Result<(), Failure> {
        Ok(self.query_drop("ROLLBACK")?)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // Lock wait, deadlock, a snapshot that has changed (1020), and the row that is there already (1062).
        match &error {
            Error::MySqlError(server) if [1205, 1213, 1020, 1062].contains(&server.code) => Self::Conflict,
            _ => Self::Other(error.into()),
        }
    }
}
