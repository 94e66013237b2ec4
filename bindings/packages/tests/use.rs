
// Behind the login of the README, with the store of the guide beside it: a program of somebody else's. A keyring, an enrollment, a login,
// the same code again.
mod store;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::PathBuf};

    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    let mut keys = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join("poterne.keys"))?;
    keys.write_all(Keyring::generate(20261121)?.to_text().as_bytes())?;
    let verifier = start()?;
    let mut connection = rusqlite::Connection::open(folder.join("application.sqlite"))?;
    connection.execute("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)", [])?;
    let mut table = store::of(&mut connection);
    let now = UnixTime::now()?;
    let enrollment = verifier.enroll("a.martin", poterne::Parameters::totp(), now)?;
    let uri = enrollment.otpauth_uri(poterne::OtpauthNames { issuer: "Département", label: "a.martin" })?;
    let secret = poterne::Secret::from_base32(&uri.secret_to_type())?;
    let phone = |now| poterne::totp::generate(&secret, Default::default(), Default::default(), now);
    assert_eq!(table.swap("a.martin", None, enrollment.record())?, 1);
    let first = phone(now)?;
    let confirmed = table.apply(&verifier, "a.martin", |credential| credential.confirm(first.as_str(), now))?;
    assert_eq!(confirmed.recovery_codes().len(), 8);
    // The next one, which a phone may be ahead by.
    let typed = phone(now.saturating_add(30))?;
    for _ in 0..2 {
        match second_factor(&verifier, &mut table, "a.martin", typed.as_str()) {
            Ok(failures) => println!("logged in, refused before: {failures}"),
            Err(text) => println!("{text}"),
        }
    }
    Ok(())
}
