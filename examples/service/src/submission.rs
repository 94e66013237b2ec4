//! A form that is sent twice is answered once.

use std::time::Duration;

use poterne::{Accepted, Denied};

use crate::account::twice;
use crate::database::{Outcome, Submission};
use crate::enroll::Codes;
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

    /// New recovery codes behind a code, as `confirm_once`: a double click shows its own, a later look at the form none.
    pub(crate) async fn codes_once(
        &self,
        id: &[u8; 32],
        row: &str,
        verifying: impl Future<Output = Result<Accepted, Denied>>,
    ) -> Result<Codes, Failed> {
        match self.submit(id).await? {
            Submission::First { .. } => {
                let verified = verifying.await.map(|accepted| Outcome::Accepted(accepted.method()));
                let made = match &verified {
                    Ok(_) => Some(self.new_codes(row).await),
                    Err(_) => None,
                };
                let outcome = self.settle(id, verified).await?;
                match (made, outcome) {
                    (Some(codes), _) => Ok(Codes::New(codes?)),
                    (None, Outcome::Refused(refusal)) => Ok(Codes::Refused(refusal)),
                    (None, _) => Ok(Codes::Gone),
                }
            }
            Submission::Again { age, outcome: Some(Outcome::Accepted(_)), .. } if age < SAME_CLICK => {
                Ok(Codes::New(self.new_codes(row).await?))
            }
            Submission::Again { outcome: Some(Outcome::Accepted(_)), .. } => Ok(Codes::Gone),
            again => match twice(&again) {
                Outcome::Refused(refusal) => Ok(Codes::Refused(refusal)),
                _ => Ok(Codes::Gone),
            },
        }
    }
}

/// Milliseconds from a click to the end of its twin. Whoever reloads a page of codes takes longer.
pub(crate) const SAME_CLICK: i64 = 500;

const PAUSE: Duration = Duration::from_millis(50);
const TRIES: u32 = 100;
