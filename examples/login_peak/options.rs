//! The command line.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) struct Options {
    /// The number of users who come this morning.
    pub(crate) agents: usize,
    /// The number of records, theirs included.
    pub(crate) records: usize,
    pub(crate) threads: usize,
    pub(crate) seed: u64,
    pub(crate) stores: Vec<String>,
    pub(crate) growth: bool,
    pub(crate) svg: Option<PathBuf>,
    pub(crate) tsv: Option<PathBuf>,
}

/// Reads the options, with the default `stores`, and runs.
pub(crate) fn main(
    stores: &[&str],
    others: &[&str],
    run: fn(Options) -> Result<bool, Box<dyn Error>>,
) -> ExitCode {
    exit(match Options::parse(std::env::args().skip(1), stores, others) {
        Ok(Some(options)) => run(options),
        Ok(None) => {
            print!("{}", HELP.replace("{stores}", &stores.join(",")));
            Ok(true)
        }
        Err(error) => Err(error),
    })
}

/// Says what went wrong. Whether everything was as expected is the exit status.
pub(crate) fn exit(done: Result<bool, Box<dyn Error>>) -> ExitCode {
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("login_peak: {error}");
            let mut source = error.source();
            while let Some(error) = source {
                eprintln!("  because: {error}");
                source = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

impl Options {
    /// None if help is asked for.
    fn parse(
        mut arguments: impl Iterator<Item = String>,
        stores: &[&str],
        others: &[&str],
    ) -> Result<Option<Self>, Box<dyn Error>> {
        let mut options = Self {
            agents: 10_000,
            records: 0,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            seed: 1,
            stores: stores.iter().map(ToString::to_string).collect(),
            growth: false,
            svg: None,
            tsv: None,
        };
        while let Some(option) = arguments.next() {
            let mut value =
                || arguments.next().ok_or(format!("{option} needs a value; --help lists the options"));
            match option.as_str() {
                "--help" | "-h" => return Ok(None),
                "--agents" => options.agents = number(&value()?)?,
                "--records" => options.records = number(&value()?)?,
                "--threads" => options.threads = number(&value()?)?,
                "--seed" => options.seed = value()?.parse()?,
                "--stores" => options.stores = value()?.split(',').map(str::to_owned).collect(),
                "--growth" => options.growth = true,
                "--svg" => options.svg = Some(value()?.into()),
                "--tsv" => options.tsv = Some(value()?.into()),
                _ => return Err(format!("{option} is not an option; --help lists them").into()),
            }
        }
        let known = [stores, others].concat();
        if let Some(store) = options.stores.iter().find(|store| !known.contains(&store.as_str())) {
            return Err(format!("{store} is not a store; the stores are {}", known.join(", ")).into());
        }
        options.records = options.records.max(options.agents);
        Ok(Some(options))
    }
}

/// 1 or more; 1_000_000 and 1000000 are the same.
fn number(text: &str) -> Result<usize, Box<dyn Error>> {
    match text.replace('_', "").parse() {
        Ok(number @ 1..) => Ok(number),
        _ => Err(format!("{text} is not a number from 1").into()),
    }
}

const HELP: &str = "\
A department's morning: users log in from 8:55 to 9:05, on a simulated clock.

  --agents N     the number of users who come (10000)
  --records N    the number of records in the table, theirs included (as many as users)
  --threads N    the number of logins at the same time (as many as the machine has cores)
  --seed N       the seed: another one gives another morning (1)
  --stores LIST  the places of the records ({stores}); `careless` swaps without comparing, to show
                 the damage
  --growth       afterwards the same with ten times more threads, records and window
  --svg FILE     draws a chart of arrivals and times
  --tsv FILE     appends the figures, as lines `peak<TAB>STORE<TAB>WHAT<TAB>VALUE`

The exit status is 1 if one outcome is not as the guide says.
";
