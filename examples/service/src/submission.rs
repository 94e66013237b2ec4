//! A form that is sent twice is answered once.

use std::time::Duration;

use poterne::{Denied, Error, RecoveryCodes, Refusal};

use crate::database::{Outcome, Submission};
use crate::random::digest;
use crate::{App, Failed, journal};

impl App {
    /// Writes the submission down. One that is here already, by a double click, waits for what the first leads to.
    pub(crate) async fn submit(&self, id: &[u8; 32]) -> Result<Submission, Failed> {
        let nonce = crate::random::token()?;
        for _ in 0..TRIES {
            match self.database.submit(id, nonce.clone()).await? {
                Submission::Again { outcome: None, .. } => tokio::time::sleep(PAUSE).await,
                submission => return Ok(submission),
            }
        }
        Err(Error::unavailable("the same form is still being answered").into())
    }

    /// Writes the outcome down, here and in the journal. After an error the form may be sent again.
    pub(crate) async fn settle(
        &self,
        id: &[u8; 32],
        outcome: Result<Outcome, Denied>,
    ) -> Result<Outcome, Failed> {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(Denied::Refused(refusal)) => Outcome::Refused(refusal),
            Err(Denied::Error(error)) => {
                // If this fails too, its answer waits for nothing, and then says the same.
                let _ = self.database.settle(id, None).await;
                return Err(error.into());
            }
        };
        journal(outcome.code());
        self.database.settle(id, Some(outcome)).await?;
        Ok(outcome)
    }

    /// Carries out a submission, and answers its twin with the same outcome.
    pub(crate) async fn once(
        &self,
        id: &[u8; 32],
        work: impl Future<Output = Result<Outcome, Denied>>,
    ) -> Result<Outcome, Failed> {
        match self.submit(id).await? {
            Submission::First { .. } => {
                let outcome = work.await;
                self.settle(id, outcome).await
            }
            again => Ok(twice(&again)),
        }
    }

    /// Recovery codes for the page behind an accepted submission, once: they are made when they are shown. So a double click, a page
    /// that is reloaded and a browser that goes back all end well: the codes that were seen are those that work.
    ///
    /// Only for the record that the code before them was for: once the help desk or a login has changed it, there are none.
    pub(crate) async fn codes_to_show(
        &self,
        id: &[u8; 32],
        person: &str,
    ) -> Result<Option<RecoveryCodes>, Failed> {
        let Some((row, seen)) = self.database.first_look(id).await? else { return Ok(None) };
        let Some(record) = self.table.load(&row).await?.filter(|record| digest_of(&row, record)[..] == seen)
        else {
            return Ok(None);
        };
        self.new_codes(person, &row, &record).await
    }

    /// The submission that has just been accepted may be shown recovery codes: on the first row that the person has, and no other
    /// (semantics 9.8).
    pub(crate) async fn grant_codes(&self, id: &[u8; 32], person: &str) -> Result<(), Error> {
        let Some(row) = self.first_row(person).await? else { return Ok(()) };
        let Some(record) = self.table.load(&row).await? else { return Ok(()) };
        self.database.grant_codes(id, &row, &digest_of(&row, &record)).await
    }
}

/// The answer to a form that was here before.
pub(crate) fn twice(again: &Submission) -> Outcome {
    match again {
        Submission::Again { age, outcome: Some(outcome), .. } if *age < DOUBLE_CLICK => *outcome,
        _ => {
            journal(Refusal::Replayed.code());
            Outcome::Refused(Refusal::Replayed)
        }
    }
}

fn digest_of(row: &str, record: &str) -> [u8; 32] {
    digest(&["codes", row, record])
}

/// Milliseconds within which the same form is a double click, also on a slow line.
pub(crate) const DOUBLE_CLICK: i64 = 10_000;

const PAUSE: Duration = Duration::from_millis(50);
const TRIES: u32 = 100;
