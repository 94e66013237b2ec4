//! The first factor: the application's own users and the hashes of their passwords. A department would ask its directory here.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::SaltString;
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use poterne::{Error, rows_of_person};
use tokio::sync::Semaphore;

use crate::database::Database;
use crate::table::CHECK_ACCOUNT;

pub(crate) struct Passwords {
    /// As many at once as there are processors: each takes 19 MiB.
    at_once: Arc<Semaphore>,
    /// The hash of a password that nobody has.
    nobody: String,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, Error> {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let nobody = hash(&crate::random::token()?)?;
        Ok(Self { at_once: Arc::new(Semaphore::new(processors)), nobody })
    }

    /// Returns the hash that the password fits, `None` if it is wrong. It takes the same work if nobody has this account.
    ///
    /// Nothing here counts wrong passwords: an application that is reached from outside must.
    pub(crate) async fn check(
        &self,
        database: &Database,
        account: &str,
        password: String,
    ) -> Result<Option<String>, Error> {
        let known = if is_account(account) { database.password_hash(account).await? } else { None };
        let stored = known.clone().unwrap_or_else(|| self.nobody.clone());
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.at_once).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Error::unavailable("too many passwords at once")) };
        let is_right = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let hash = PasswordHash::new(&stored);
            hash.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        let is_right = is_right.await.map_err(|error| Error::unavailable(error.to_string()))?;
        Ok(known.filter(|_| is_right))
    }
}

/// Whether this may be a user: the library has its own rows behind `#2` and `#3`, and this application one for its check.
pub(crate) fn is_account(account: &str) -> bool {
    account != CHECK_ACCOUNT && !account.ends_with(' ') && rows_of_person(account).is_ok()
}

/// Argon2id with the parameters of the crate, which are OWASP's.
pub(crate) fn hash(password: &str) -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::unavailable(error.to_string()))?;
    let salt = SaltString::encode_b64(&bytes).map_err(|error| Error::unavailable(error.to_string()))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| Error::unavailable(error.to_string()))
}

const PATIENCE: Duration = Duration::from_secs(5);
