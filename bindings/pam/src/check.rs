//! What `poterne doctor` is told about a line of a stack: the options as the module reads them, and why nobody could log in.

use poterne::{Digits, rows_of_person};
use poterne_settings::Settings;

use crate::authenticate::{connected, of_file, verifier};
use crate::options::{Mode, NoRecord, Options};
use crate::verdict::{Fault, Verdict};

/// One `name value` a line; those that stand as nobody wrote them are left out. With `opens` what the settings name is looked at too.
pub(crate) fn check(arguments: Vec<&[u8]>, opens: bool) -> String {
    let options = match Options::parse(arguments.into_iter()) {
        Ok(options) => options,
        Err(fault) => return format!("fault {}\n", fault.code()),
    };
    let mut text = described(&options);
    if let Some(Err(Verdict::Fault(fault))) = opens.then(|| open(&options.settings)) {
        text.push_str(&format!("fault {}\n", fault.code()));
    }
    text
}

fn described(options: &Options) -> String {
    let mode = match options.mode {
        Mode::Prompt => "prompt",
        Mode::Split => "split",
        Mode::Verify => "verify",
    };
    let digits = match options.digits {
        Digits::Six => 6,
        Digits::Seven => 7,
        Digits::Eight => 8,
    };
    let mut text = format!("mode {mode}\nsettings {}\ndigits {digits}\n", options.settings);
    for (is_set, name) in [
        (options.strip_domain, "strip_domain"),
        (options.lowercase, "lowercase"),
        (options.no_record == NoRecord::Allow, "no_record allow"),
        (options.is_without_password, "without_password"),
    ] {
        if is_set {
            text.push_str(&format!("{name}\n"));
        }
    }
    for (name, value) in [
        ("group", options.group.clone()),
        ("min_uid", (options.min_uid > 0).then(|| options.min_uid.to_string())),
        ("max_uid", (options.max_uid < u32::MAX).then(|| options.max_uid.to_string())),
        ("from", options.from.map(|day| day.as_secs().to_string())),
    ] {
        if let Some(value) = value {
            text.push_str(&format!("{name} {value}\n"));
        }
    }
    text
}

/// All that a login opens before the user is asked.
fn open(settings: &str) -> Result<(), Verdict> {
    let settings = Settings::open(settings).map_err(of_file)?;
    verifier(&settings)?;
    // The name of the command's own row, which nobody can log in by.
    let accounts = rows_of_person("poterne-probe").map_err(|error| Fault::Library(error.kind()))?;
    connected(&settings, |table| Ok(table.rows(&accounts).map(drop)?))
}
