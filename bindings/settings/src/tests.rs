use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;

const SMALLEST: &str = "application = a\ndatabase = sqlite:////var/lib/a.sqlite\nkeyring = /etc/a.keys\n";

/// A line that holds what must not come out.
const SECRET: &str = "hunter2-S3CRET";

fn refused(text: &str) -> String {
    let fault = Settings::parse(text).expect_err("this is refused");
    for language in [Language::English, Language::French] {
        let message = fault.message(language);
        assert!(!message.contains(SECRET) && !message.is_empty(), "{message}");
    }
    fault.to_string()
}

#[test]
fn defaults_are_those_of_the_library() {
    let settings = Settings::parse(SMALLEST).expect("nothing is missing");
    assert_eq!(settings.policy(), Policy::default());
    assert_eq!(
        (settings.table(), settings.account_column(), settings.record_column()),
        ("poterne", "account", "record")
    );
    assert_eq!((settings.issuer(), settings.help_desk_phone(), settings.apps_address()), (None, None, None));
    assert_eq!(settings.language(), Language::English);
    assert_eq!(settings.database().product(), Product::Sqlite);
    assert_eq!(settings.database().name(), "/var/lib/a.sqlite");
}

#[test]
fn every_setting_is_described_in_both_languages_and_has_its_place() {
    assert_eq!(Setting::all().len(), 11 + PolicyOption::ALL.len());
    for (index, setting) in Setting::all().iter().enumerate() {
        assert_eq!(setting.index(), index);
        assert_eq!(Setting::find(setting.name()).expect("it is there").index(), index);
        for language in [Language::English, Language::French] {
            assert!(setting.description(language).len() > 10, "{} lacks a description", setting.name());
            assert!(!setting.bounds(language).is_empty());
        }
        assert_ne!(setting.description(Language::English), setting.description(Language::French));
    }
}

#[test]
fn a_rendered_file_is_read_back_equal() {
    let values = [
        ("application", "grand-angle"),
        ("database", "postgresql+psycopg://poterne:p%40ss%3Aw@db:5433/x?sslmode=verify-full"),
        ("keyring", "$CREDENTIALS_DIRECTORY/keys"),
        ("language", "fr"),
        ("issuer", "Département # 1 = premier"),
        ("confirm_at_first_login", "yes"),
        ("max_failures", "7"),
    ];
    for language in [Language::English, Language::French] {
        let text = render(&values, language).expect("every value is right");
        let settings = Settings::parse(&text).expect("it is read back");
        for setting in Setting::all() {
            let given = values.iter().find(|(name, _)| *name == setting.name()).map(|(_, value)| *value);
            let expected = match setting.name() {
                "database" => "postgresql+psycopg://poterne@db:5433/x?sslmode=verify-full",
                _ => given.unwrap_or(setting.default_value()),
            };
            assert_eq!(settings.value(*setting), expected, "{}", setting.name());
        }
        let again = render(&values.iter().map(|(name, value)| (*name, *value)).collect::<Vec<_>>(), language);
        assert_eq!(again.expect("the same"), text);
        assert_eq!(
            settings.database_password(None).expect("it is in the address").as_deref().map(String::as_str),
            Some("p@ss:w")
        );
        assert!(settings.policy().confirm_at_first_login() && settings.policy().max_failures() == 7);
    }
    assert!(render(&values[..2], Language::English).is_err(), "the keyring is missing");
    assert!(render(&[("application", "a\nkeyring = /x")], Language::English).is_err(), "a value is one line");
    assert!(
        render(&[("aplication", "a")], Language::English)
            .expect_err("unknown")
            .to_string()
            .contains("is it application?")
    );
}

#[test]
fn faults_name_the_line_the_setting_and_the_bounds_and_no_value() {
    let cases = [
        ("max_failures = 0", "line 4: max_failures is a whole number from 1 to 100"),
        ("max_failures = +5", "line 4: max_failures is a whole number from 1 to 100"),
        ("max_failures = 99999999999999999999", "line 4: max_failures is a whole number from 1 to 100"),
        ("confirm_at_first_login = 1", "line 4: confirm_at_first_login is yes or no"),
        ("confirm_at_first_login = YES", "line 4: confirm_at_first_login is yes or no"),
        ("language = de", "line 4: language is en or fr"),
        ("language = fr_FR", "line 4: language is en or fr"),
        (
            "table = poterne; DROP TABLE x",
            "line 4: table is a name of letters without accents, digits and underscores, perhaps behind its schema and a dot",
        ),
        (
            "account_column = a.b",
            "line 4: account_column is a name of letters without accents, digits and underscores",
        ),
        (
            "database_password_file = secret",
            "line 4: database_password_file is an absolute path, or $CREDENTIALS_DIRECTORY/ and a file name",
        ),
        (
            "database_password_file = $CREDENTIALS_DIRECTORY/../x",
            "line 4: database_password_file is an absolute path, or $CREDENTIALS_DIRECTORY/ and a file name",
        ),
        ("application = b", "line 4: application stands in line 1 already"),
        ("issuer =", "line 4: issuer has no value: give it one, or remove the line"),
        ("isuer = x", "line 4: no setting has this name: is it issuer?"),
        ("database_url = postgresql://poterne:hunter2-S3CRET@db/x", "line 4: no setting has this name"),
        ("hunter2-S3CRET", "line 4: there is no equals sign: write name = value, or # before a comment"),
        ("hunter2-S3CRET = x", "line 4: no setting has this name"),
        ("= x", "line 4: no setting has this name"),
    ];
    for (line, expected) in cases {
        assert_eq!(refused(&format!("{SMALLEST}{line}")), expected, "{line}");
    }
    assert_eq!(
        refused(&format!("{SMALLEST}issuer = {}", "x".repeat(101))),
        "line 4: issuer is a text of 1 to 100 bytes, without control characters"
    );
    assert_eq!(
        refused(&format!("{SMALLEST}issuer = a\u{0}b")),
        "line 4: issuer is a text of 1 to 100 bytes, without control characters"
    );
    assert_eq!(
        refused(&format!("{SMALLEST}issuer = a\u{85}b")),
        "line 4: issuer is a text of 1 to 100 bytes, without control characters"
    );
    for (index, name) in ["application", "database", "keyring"].into_iter().enumerate() {
        let text: Vec<&str> =
            SMALLEST.lines().enumerate().filter(|(line, _)| *line != index).map(|(_, line)| line).collect();
        assert_eq!(refused(&text.join("\n")), format!("the setting {name} is missing"));
    }
    assert_eq!(refused(&"#\n".repeat(40_000)), "the file is longer than 64 KiB: is this the right file?");
}

#[test]
fn addresses() {
    let of = |url: &str| Settings::parse(&format!("application = a\nkeyring = /k\ndatabase = {url}"));
    for wrong in [
        "hunter2-S3CRET",
        "sqlite://",
        "sqlite:///relative.sqlite",
        "sqlite:///:memory:",
        "postgresql:/x",
        "://x",
        "Post://x",
        "postgresql://u:hunter2-S3CRET@h:port/x",
        "postgresql://u:hunter2-S3CRET@h:70000/x",
        "postgresql://u:hunter2-S3CRET%2@h/x",
        "postgresql://u:%FFhunter2-S3CRET@h/x",
        "postgresql://h/x?password=hunter2-S3CRET",
        "postgresql://u:hunter2-S3CRET@[::1/x",
        "a+b+c://x",
        "postgresql://h/x?sslmode",
        "postgresql://u:hunter2-S3CRET x@h/x",
    ] {
        let said = of(wrong).expect_err(wrong).to_string();
        assert!(
            said.starts_with("line 3: database is an address such as") && !said.contains(SECRET),
            "{said}"
        );
    }
    let settings = of("mysql+pymysql://u:a/b@c@[::1]:3307/x?unix_socket=%2Frun%2Fm.sock").expect("right");
    let database = settings.database();
    assert_eq!(
        (database.product(), database.user(), database.host()),
        (Product::Mariadb, Some("u"), Some("::1"))
    );
    assert_eq!((database.port(), database.name(), database.password()), (Some(3307), "x", Some("a/b@c")));
    assert_eq!(database.query().collect::<Vec<_>>(), [("unix_socket", "/run/m.sock")]);
    assert_eq!(format!("{database:?}"), "mysql+pymysql://u@[::1]:3307/x?unix_socket=%2Frun%2Fm.sock");
    assert!(!format!("{settings:?}").contains("a/b"));
    assert_eq!(of("oracle+oracledb://u@h/x").expect("right").database().product(), Product::Other);
    let twice = "application = a\nkeyring = /k\ndatabase = postgresql://u:p@h/x\ndatabase_password_file = /p";
    assert_eq!(refused(twice), "line 4: database has a password already: keep one of the two");
}

#[test]
fn fingerprints_are_over_what_the_servers_share() {
    let of = |more: &str| Settings::parse(&format!("{SMALLEST}{more}")).expect("right").fingerprint();
    let first = of("");
    assert_eq!(first.len(), 19);
    for same in [
        "max_failures = 20",
        "language = fr",
        "issuer = X",
        "table = poterne",
        "# x",
        "confirm_at_first_login = no",
    ] {
        assert_eq!(of(same), first, "{same}");
    }
    let others = [
        "max_failures = 19",
        "table = other",
        "account_column = x",
        "record_column = x",
        "confirm_at_first_login = yes",
    ];
    let mut seen = vec![first];
    for other in others {
        let fingerprint = of(other);
        assert!(!seen.contains(&fingerprint), "{other}");
        seen.push(fingerprint);
    }
    let elsewhere = "application = a\ndatabase = postgresql://h/x\nkeyring = /other\n";
    assert_eq!(Settings::parse(elsewhere).expect("right").fingerprint(), seen[0]);
    let other = Settings::parse(&SMALLEST.replace("application = a", "application = b")).expect("right");
    assert!(!seen.contains(&other.fingerprint()));
}

#[test]
fn hostile_text_is_refused_and_never_panics() {
    // A small generator: every run the same.
    let mut state = 0x9e37_79b9_u32;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % bound
    };
    let names: Vec<&str> = Setting::all().iter().map(Setting::name).collect();
    let parts = [
        "=",
        "\n",
        "\r",
        "\u{feff}",
        "\u{0}",
        "é",
        "://",
        "@",
        "%",
        "%41",
        ":",
        "/",
        "sqlite:////x",
        "$CREDENTIALS_DIRECTORY/",
        "9",
        "yes",
        " ",
        "#",
        "[",
        "]",
        "?",
        "&",
    ];
    let (mut right, mut wrong) = (0, 0);
    for _ in 0..20_000 {
        let mut text = if next(2) == 0 { SMALLEST.to_owned() } else { String::new() };
        for _ in 0..next(12) {
            text.push_str(if next(4) == 0 { names[next(names.len())] } else { parts[next(parts.len())] });
        }
        match Settings::parse(&text) {
            Ok(settings) => {
                right += 1;
                assert_eq!(settings.fingerprint().len(), 19);
            }
            Err(fault) => {
                wrong += 1;
                assert!(!fault.message(Language::French).is_empty());
            }
        }
    }
    assert!(right > 100 && wrong > 1_000, "{right} {wrong}");
}

/// A folder of a test's own, away at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("poterne-settings-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        Self(folder)
    }

    fn write(&self, name: &str, mode: u32, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("it is there");
    }
}

#[test]
fn files_that_others_can_change_or_read_are_refused() {
    let folder = Folder::new("modes");
    let with_password = "application = a\nkeyring = /k\ndatabase = postgresql://u:p@h/x\n";
    for (text, mode, expected) in [
        (SMALLEST, 0o644, None),
        (SMALLEST, 0o600, None),
        (SMALLEST, 0o664, Some("group or others can change")),
        (SMALLEST, 0o602, Some("group or others can change")),
        (with_password, 0o600, None),
        (with_password, 0o400, None),
        (with_password, 0o640, Some("holds the database's password")),
        (with_password, 0o604, Some("holds the database's password")),
    ] {
        let opened =
            Settings::open(folder.write("poterne.conf", mode, text)).map_err(|fault| fault.to_string());
        match expected {
            None => assert!(opened.is_ok(), "{mode:o}: {opened:?}"),
            Some(expected) => assert!(opened.expect_err("open").contains(expected), "{mode:o}"),
        }
        fs::remove_file(folder.0.join("poterne.conf")).expect("it is there");
    }
    for (text, mode, code) in
        [(SMALLEST, 0o620, "mode"), (with_password, 0o640, "mode"), ("foo = bar\n", 0o600, "content")]
    {
        let fault = Settings::open(folder.write("coded", mode, text)).expect_err("refused");
        assert_eq!(fault.code(), code, "{mode:o}");
        fs::remove_file(folder.0.join("coded")).expect("it is there");
    }
    assert_eq!(Settings::open(folder.0.join("none")).expect_err("gone").code(), "missing");
    assert_eq!(Settings::open(&folder.0).expect_err("a folder").code(), "unreadable");
    let said = |path: PathBuf| Settings::open(path).expect_err("refused").to_string();
    assert!(said(folder.0.clone()).contains("regular"));
    assert!(said(folder.0.join("none")).contains("does not exist"));
    assert!(said(folder.write("long", 0o600, vec![b'#'; 70_000])).contains("64 KiB"));
    assert!(said(folder.write("latin", 0o600, b"issuer = D\xe9partement")).contains("UTF-8"));
}

#[test]
fn secrets_come_from_files_and_credentials() {
    let folder = Folder::new("secrets");
    let keyring = Keyring::generate(7).expect("randomness");
    let keys = folder.write("keys", 0o600, keyring.to_text().as_bytes());
    let password = folder.write("password", 0o600, "s:e%c r#e t\r\n");
    let of = |keyring: &str, password: &str| {
        let text = format!(
            "application = a\ndatabase = postgresql://u@h/x\nkeyring = {keyring}\ndatabase_password_file = {password}"
        );
        Settings::parse(&text).expect("right")
    };
    let settings = of(keys.to_str().expect("text"), password.to_str().expect("text"));
    assert_eq!(settings.open_keyring(None).expect("it is there").primary_key_id(), 7);
    assert_eq!(
        settings.database_password(None).expect("it is there").as_deref().map(String::as_str),
        Some("s:e%c r#e t")
    );
    assert!(settings.verifier(None).is_ok());

    for (mode, of) in [(0o640, "password"), (0o644, "keys")] {
        fs::set_permissions(folder.0.join(of), Permissions::from_mode(mode)).expect("a mode");
    }
    assert!(settings.open_keyring(None).expect_err("open to others").to_string().contains("chmod 600"));
    assert!(settings.database_password(None).expect_err("open to others").to_string().contains("chmod 600"));

    // The same files, of the same modes, as systemd hands them over.
    let settings = of("$CREDENTIALS_DIRECTORY/keys", "$CREDENTIALS_DIRECTORY/password");
    assert_eq!(settings.open_keyring(Some(&folder.0)).expect("a credential").primary_key_id(), 7);
    assert!(settings.database_password(Some(&folder.0)).expect("a credential").is_some());
    for none in [None, Some(Path::new("relative"))] {
        assert!(settings.open_keyring(none).expect_err("no folder").to_string().contains("LoadCredential"));
    }
    folder.write("password", 0o600, "two\nlines\n");
    assert!(
        settings.database_password(Some(&folder.0)).expect_err("two lines").to_string().contains("one line")
    );
    folder.write("keys", 0o600, "poterne-keyring-1\nhunter2-S3CRET");
    let said = settings.open_keyring(Some(&folder.0)).expect_err("damaged").to_string();
    assert!(said.contains("keyring") && !said.contains(SECRET), "{said}");
}
