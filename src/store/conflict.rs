//! The database error codes that mean "this swap lost, try again". One table for every language.

use crate::numbered::numbered;

numbered! {
    /// A kind of database, as far as its error codes go (semantics [12](crate::guide::semantics#12)).
    #[non_exhaustive]
    pub enum Database {
        /// PostgreSQL, and databases that speak its protocol.
        PostgreSql = 1, "postgresql";
        /// MariaDB and MySQL.
        MariaDb = 2, "mariadb";
        /// SQLite.
        Sqlite = 3, "sqlite";
        /// Oracle Database.
        Oracle = 4, "oracle";
        /// Microsoft SQL Server.
        SqlServer = 5, "sqlserver";
        /// IBM Db2.
        Db2 = 6, "db2";
        /// Firebird.
        Firebird = 7, "firebird";
        /// H2.
        H2 = 8, "h2";
        /// HSQLDB.
        Hsqldb = 9, "hsqldb";
        /// Apache Derby.
        Derby = 10, "derby";
        /// Any other: only the SQLSTATE of the standard counts.
        Other = 0, "other";
    }
}

impl Database {
    /// Returns the database with this product name, in any case: JDBC's `getDatabaseProductName`, ODBC's `SQL_DBMS_NAME`, or the
    /// name of a SQLAlchemy dialect. An unknown name is [`Database::Other`].
    ///
    /// ```
    /// use poterne::Database;
    ///
    /// assert_eq!(Database::from_product_name("Microsoft SQL Server"), Database::SqlServer);
    /// assert_eq!(Database::from_product_name("mysql"), Database::MariaDb);
    /// ```
    pub fn from_product_name(name: &str) -> Self {
        if name.eq_ignore_ascii_case("h2") {
            return Self::H2;
        }
        let has = |part: &&str| {
            name.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
        };
        PARTS.iter().find(|(parts, _)| parts.iter().any(has)).map_or(Self::Other, |(_, database)| *database)
    }
}

/// Returns whether a statement's error means that somebody else was in the way and the next try may succeed: a serialization
/// failure, a deadlock, or a lock timeout. Then [`Store::swap`](crate::Store::swap) rolls back and reports 0 rows. Any other error
/// is [`Error::unavailable`](crate::Error::unavailable).
///
/// `sqlstate` and `code` come from the driver; pass `None` for one that it does not give. `sqlstate` is the five characters of the
/// SQL standard. `code` is the vendor's own number: for SQLite the result code, extended or not; for Oracle the number after
/// `ORA-`; for Firebird the `gds` code or the SQLCODE.
///
/// A commit is different: any error of a commit counts as 0 rows (semantics 7.2). Pass only its *warnings* here. PostgreSQL commits
/// with a warning of SQLSTATE class 01 when somebody cancels its wait for a standby that does not answer. Such a commit may be lost
/// in a failover, so it counts as 0 rows too.
///
/// An INSERT that finds a row of its account counts as 0 rows as well. No code identifies that case reliably: the store must look
/// whether a record is there (semantics 7.2).
///
/// ```
/// use poterne::{Database, is_conflict};
///
/// assert!(is_conflict(Database::PostgreSql, Some("40P01"), None));
/// assert!(is_conflict(Database::MariaDb, Some("HY000"), Some(1205)));
/// assert!(!is_conflict(Database::PostgreSql, Some("42P01"), None));
/// ```
pub fn is_conflict(database: Database, sqlstate: Option<&str>, code: Option<i32>) -> bool {
    let code = match (database, code) {
        // The primary result code is the lowest byte: SQLITE_BUSY_SNAPSHOT is SQLITE_BUSY.
        (Database::Sqlite, Some(code)) if code > 0 => Some(code & 0xFF),
        (_, code) => code,
    };
    sqlstate == Some(SERIALIZATION_FAILURE)
        || TABLE.iter().filter(|line| line.database == database).any(|line| match line.says {
            Says::State(state) => sqlstate == Some(state),
            Says::Class(class) => sqlstate.is_some_and(|state| state.len() == 5 && state.starts_with(class)),
            Says::Code(number) => code == Some(number),
        })
}

/// ISO/IEC 9075, class 40 "transaction rollback", subclass 001: it means the same in every database that has it.
const SERIALIZATION_FAILURE: &str = "40001";

struct Line {
    database: Database,
    says: Says,
}

enum Says {
    State(&'static str),
    /// Its first two characters.
    Class(&'static str),
    Code(i32),
}

const fn state(database: Database, state: &'static str) -> Line {
    Line { database, says: Says::State(state) }
}

const fn class(database: Database, class: &'static str) -> Line {
    Line { database, says: Says::Class(class) }
}

const fn code(database: Database, code: i32) -> Line {
    Line { database, says: Says::Code(code) }
}

/// The codes of each database, besides [`SERIALIZATION_FAILURE`]. `src/guide/databases.md` shows the same lines.
///
/// A statement timeout is not here: it also ends a statement that waited only for a slow server. Oracle's is here, because nothing
/// else limits how long its UPDATE waits for a lock.
const TABLE: &[Line] = &[
    // PostgreSQL manual, appendix A: deadlock_detected, lock_not_available.
    state(Database::PostgreSql, "40P01"),
    state(Database::PostgreSql, "55P03"),
    // The same, `warning`, of which 01000 is the plain one: no error is of this class. SyncRepWaitForLSN in
    // src/backend/replication/syncrep.c raises it when the wait is canceled: the transaction has committed locally, but might not
    // have been replicated. MySQL has errors of this class.
    class(Database::PostgreSql, "01"),
    // MySQL manual, server error reference: ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_LOCK_NOWAIT (of MySQL: a SELECT before the
    // UPDATE that asks for NOWAIT; MariaDB says the first); a Galera cluster says the second at COMMIT.
    code(Database::MariaDb, 1205),
    code(Database::MariaDb, 1213),
    code(Database::MariaDb, 3572),
    // MariaDB manual, innodb_snapshot_isolation: ER_CHECKREAD, the record has changed since it was read.
    code(Database::MariaDb, 1020),
    // sqlite.org/rescode.html: SQLITE_BUSY, SQLITE_LOCKED.
    code(Database::Sqlite, 5),
    code(Database::Sqlite, 6),
    // Oracle Database error messages: resource busy (NOWAIT), deadlock, cannot serialize access, resource busy (WAIT).
    code(Database::Oracle, 54),
    code(Database::Oracle, 60),
    code(Database::Oracle, 8177),
    code(Database::Oracle, 30006),
    // The same: distributed transaction waiting for lock, to be treated as a deadlock. A table behind a database link.
    code(Database::Oracle, 2049),
    // The same: the operation was canceled, by a driver's timeout.
    code(Database::Oracle, 1013),
    // SQL Server, database engine events and errors: deadlock, lock request time out, snapshot update conflict.
    code(Database::SqlServer, 1205),
    code(Database::SqlServer, 1222),
    code(Database::SqlServer, 3960),
    // Db2 messages SQL0911N (its SQLSTATE is 40001) and SQL0913N: deadlock or timeout.
    code(Database::Db2, -911),
    code(Database::Db2, -913),
    state(Database::Db2, "57033"),
    // Firebird, iberror.h: isc_deadlock, isc_lock_conflict, isc_update_conflict, isc_lock_timeout, all of SQLSTATE 40001;
    // isc_concurrent_transaction, which names the other transaction and is not.
    code(Database::Firebird, 335_544_336),
    code(Database::Firebird, 335_544_345),
    code(Database::Firebird, 335_544_451),
    code(Database::Firebird, 335_544_510),
    code(Database::Firebird, 335_544_878),
    // The same, the SQLCODE of isc_deadlock, which precedes the others.
    code(Database::Firebird, -913),
    // H2, org.h2.api.ErrorCode: DEADLOCK_1, LOCK_TIMEOUT_1 and its SQLSTATE in getState, CONCURRENT_UPDATE_1.
    code(Database::H2, 40001),
    code(Database::H2, 50200),
    state(Database::H2, "HYT00"),
    code(Database::H2, 90131),
    // HSQLDB, sql-state-messages.properties: serialization failure, row change by multiple transactions.
    code(Database::Hsqldb, -4861),
    code(Database::Hsqldb, -4871),
    state(Database::Hsqldb, "40501"),
    // Derby reference manual, SQLState messages: a lock could not be obtained within the time requested, with or without the
    // list of locks.
    state(Database::Derby, "40XL1"),
    state(Database::Derby, "40XL2"),
];

/// Parts of product names. A part that contains another part comes first.
const PARTS: &[(&[&str], Database)] = &[
    (&["mariadb", "mysql"], Database::MariaDb),
    (&["postgres", "enterprisedb", "cockroach"], Database::PostgreSql),
    (&["sqlite"], Database::Sqlite),
    (&["oracle"], Database::Oracle),
    (&["sql server", "sqlserver", "mssql"], Database::SqlServer),
    (&["db2", "ibm_db"], Database::Db2),
    (&["firebird"], Database::Firebird),
    (&["hsql"], Database::Hsqldb),
    (&["derby"], Database::Derby),
];

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    /// The guide's lines, `DATABASE SAYS`: a state as it stands, a code with `=` before it.
    fn guide(text: &str) -> Vec<String> {
        let (_, section) =
            text.split_once("| database | SQLSTATE | code |\n").expect("the guide has the table");
        let mut lines = Vec::new();
        for row in section.lines().skip(1).take_while(|row| row.starts_with('|')) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [names, states, codes] = cells[..] else { panic!("{row}: three cells") };
            // "MySQL and MariaDB" are one kind.
            let database = names.split(" and ").map(Database::from_product_name).next().unwrap();
            let words = |cell: &str| -> Vec<String> {
                cell.split(',').map(|word| word.trim().to_string()).filter(|word| !word.is_empty()).collect()
            };
            for state in words(states) {
                lines.push(format!("{} {}", database.name(), state.trim_end_matches(" (of COMMIT)")));
            }
            for code in words(codes) {
                let code: i32 = code.trim_start_matches("ORA-").parse().unwrap();
                lines.push(format!("{} ={code}", database.name()));
            }
        }
        lines.sort();
        lines
    }

    fn table() -> Vec<String> {
        let mut lines: Vec<String> = TABLE
            .iter()
            .map(|line| match line.says {
                Says::State(state) => format!("{} {state}", line.database.name()),
                Says::Class(class) => format!("{} {class}xxx", line.database.name()),
                Says::Code(code) => format!("{} ={code}", line.database.name()),
            })
            .chain([format!("other {SERIALIZATION_FAILURE}")])
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn the_guide_shows_the_same_table() {
        let text = include_str!("../guide/databases.md");
        assert!(table().len() > 30);
        assert_eq!(guide(text), table());
        // The control: a code that the guide does not show is found.
        assert_ne!(guide(&text.replacen("ORA-01013", "ORA-01014", 1)), table());
    }

    #[test]
    fn a_code_counts_for_its_own_database_only() {
        for database in Database::ALL.iter().copied() {
            assert_eq!(Database::from_product_name(database.name()), database);
            assert!(is_conflict(database, Some("40001"), None));
            for line in TABLE.iter().filter(|line| line.database != database) {
                let is_shared = TABLE.iter().any(|other| {
                    other.database == database
                        && match (&other.says, &line.says) {
                            (Says::State(one), Says::State(another))
                            | (Says::Class(one), Says::Class(another)) => one == another,
                            (Says::Code(one), Says::Code(another)) => one == another,
                            _ => false,
                        }
                });
                let (state, code) = match line.says {
                    Says::State(state) => (Some(state.to_string()), None),
                    Says::Class(class) => (Some(format!("{class}004")), None),
                    Says::Code(code) => (None, Some(code)),
                };
                assert_eq!(
                    is_conflict(database, state.as_deref(), code),
                    is_shared,
                    "{database:?} {state:?} {code:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_and_oddities_are_no_conflict() {
        for database in Database::ALL.iter().copied() {
            for state in [
                None,
                Some(""),
                Some("4000"),
                Some("40001 "),
                Some("40003"),
                Some("4000\u{e9}"),
                Some("hy000"),
                Some("01"),
                Some("0100"),
                Some("010000"),
                Some("00100"),
            ] {
                for code in [None, Some(0), Some(i32::MIN), Some(i32::MAX), Some(-1)] {
                    assert!(!is_conflict(database, state, code), "{database:?} {state:?} {code:?}");
                }
            }
        }
    }
}
