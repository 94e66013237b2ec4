//! A form that is sent twice is answered once.

use std::time::Duration;

use poterne::{Denied, RecoveryCodes, Refusal};

use crate::database::{Outcome, Submission};
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
        Err(poterne::Error::unavailable("the same form is still being answered").into())
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
    pub(crate) async fn codes_to_show(
        &self,
        id: &[u8; 32],
        row: &str,
    ) -> Result<Option<RecoveryCodes>, Failed> {
        if self.database.is_first_look(id).await? { Ok(Some(self.new_codes(row).await?)) } else { Ok(None) }
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

/// Milliseconds within which the same form is a double click, also on a slow line.
pub(crate) const DOUBLE_CLICK: i64 = 10_000;

const PAUSE: Duration = Duration::from_millis(50);
const TRIES: u32 = 100;
