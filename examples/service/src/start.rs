//! From the environment to a server that runs, and the commands.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use poterne::{Error, Keyring, Language, NotStored, Policy, PolicyOption, Verifier};
use tokio::net::TcpListener;
use tokio_postgres::NoTls;

use crate::database::{self, Database};
use crate::passwords::{self, Passwords};
use crate::table::{self, Table};
use crate::{App, journal, router};

const HELP: &str = "\
poterne-service: a small application behind a password and a one-time code.

    DATABASE_URL=postgresql://user:password@127.0.0.1/database poterne-service          serves its pages
    echo 'a.martin PASSWORD' | DATABASE_URL=... poterne-service users                   adds users, one a line

DATABASE_URL    the database of PostgreSQL; its tables are made when they are not there
KEYRING         the file of the keys, default poterne.keys; made, with mode 0600, when nobody has a credential yet
APPLICATION     the name that every record is sealed for, default service; it can never change
POLICY          options of the policy, such as 'max_failures=10 ticket_seconds=120'
LISTEN          default 127.0.0.1:8080; put a server with TLS before it
";

/// Carries out a command.
pub(crate) async fn run(arguments: Vec<String>) -> Result<(), String> {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        return Err(format!(
            "{HELP}\nDATABASE_URL is not set. No database yet? PostgreSQL makes one:\n\n    createdb service"
        ));
    };
    let pool = pool(&url).map_err(|error| format!("DATABASE_URL: {error}"))?;
    let database = Database::new(pool.clone());
    let schema = format!("{}{}", table::SCHEMA, database::SCHEMA);
    database.create(&schema).await.map_err(|error| told("the database", &error))?;
    match arguments.first().map(String::as_str) {
        None => serve(pool, database).await,
        Some("users") => add_users(&database).await,
        Some(_) => Err(HELP.into()),
    }
}

async fn serve(pool: Pool, database: Database) -> Result<(), String> {
    let table = Table::new(pool);
    let verifier = verifier(&table).await?;
    match table.check(&verifier).await {
        Ok(()) => {}
        // Another node starts at the same time: nothing is proven either way.
        Err(NotStored::Conflict) => journal("the table is not proven: others wrote the record of the check"),
        Err(NotStored::Error(error)) => return Err(told("the table", &error)),
    }
    let passwords = Passwords::new().map_err(|error| told("passwords", &error))?;
    let app = Arc::new(App { verifier, table, database, passwords });
    let listen = variable("LISTEN", "127.0.0.1:8080");
    let address: SocketAddr =
        listen.parse().map_err(|_| format!("LISTEN: {listen} is not an address with a port"))?;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("LISTEN: {listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    print(&format!(
        "The service listens on http://{address}/\n\
         Next: add a user, with a password of your choice:\n\n    \
         echo 'a.martin PASSWORD' | cargo run -p poterne-service users\n\n\
         Then open http://{address}/ in a browser, sign in, and scan the QR code with an authenticator app.\n"
    ));
    let sweeping = tokio::spawn(sweep(Arc::clone(&app)));
    let served = axum::serve(listener, router(app)).with_graceful_shutdown(stop());
    // Those who are being answered get their answers, for ten seconds.
    let ended = tokio::select! {
        served = async { served.await } => served.map_err(|error| error.to_string()),
        () = async { stop().await; tokio::time::sleep(Duration::from_secs(10)).await } => Ok(()),
    };
    sweeping.abort();
    ended
}

/// Keyring, name and policy.
async fn verifier(table: &Table) -> Result<Verifier, String> {
    let path = variable("KEYRING", "poterne.keys");
    if !Path::new(&path).exists() {
        let is_empty = table.is_empty().await.map_err(|error| told("the database", &error))?;
        if !is_empty {
            return Err(format!(
                "KEYRING: {path} does not exist, and there are credentials that need it: bring the file here"
            ));
        }
        make_keyring(&path)?;
    }
    let keyring = Keyring::open(&path).map_err(|error| told(&path, &error))?;
    let policy = variable("POLICY", "").split_whitespace().try_fold(Policy::default(), |policy, word| {
        let (name, value) = word.split_once('=').ok_or(format!("POLICY: {word} is not name=value"))?;
        let option = PolicyOption::ALL.iter().find(|option| option.name() == name);
        let option = option.ok_or(format!("POLICY: there is no option {name}"))?;
        let value = value.parse().map_err(|_| format!("POLICY: {name} takes a number"))?;
        policy.with(*option, value).map_err(|error| format!("POLICY: {error}"))
    })?;
    let verifier = Verifier::new(keyring, &variable("APPLICATION", "service"));
    Ok(verifier.map_err(|error| told("APPLICATION", &error))?.with_policy(policy))
}

fn make_keyring(path: &str) -> Result<(), String> {
    let keyring = Keyring::generate(1).map_err(|error| told(path, &error))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(keyring.to_text().as_bytes()));
    written.map_err(|error| format!("KEYRING: {path}: {error}"))?;
    print(&format!(
        "Made the keyring {path}. Copy it to every node, and keep a copy apart from the database.\n"
    ));
    Ok(())
}

/// Every wait has an end: for a connection, for the server, for a lock. The connection is not encrypted: a database on another machine
/// takes a TLS connector in the place of `NoTls`.
fn pool(url: &str) -> Result<Pool, String> {
    let mut config: tokio_postgres::Config =
        url.parse().map_err(|_| "this is not an address of PostgreSQL".to_owned())?;
    config.connect_timeout(PATIENCE).tcp_user_timeout(PATIENCE).application_name("poterne-service");
    // Milliseconds. `idle_in_transaction_session_timeout` is not needed: every statement is a transaction of its own.
    config.options("-c statement_timeout=4000 -c lock_timeout=2000");
    let manager =
        Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    let timeouts = Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) };
    let pool = Pool::builder(manager).max_size(16).timeouts(timeouts).runtime(Runtime::Tokio1);
    pool.build().map_err(|error| error.to_string())
}

/// `account password` on each line of the standard input: a command line would show the password to the whole machine.
async fn add_users(database: &Database) -> Result<(), String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
    let mut count = 0_usize;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("line {}", number.saturating_add(1));
        let (account, password) =
            line.split_once(' ').ok_or_else(|| format!("{}: account, a space, password", place()))?;
        if !passwords::is_account(account) {
            return Err(format!("{}: an account has up to 253 bytes and does not end in #2 or #3", place()));
        }
        let hash = passwords::hash(password).map_err(|error| told(&place(), &error))?;
        database.add_user(account, &hash).await.map_err(|error| told(&place(), &error))?;
        count = count.saturating_add(1);
    }
    print(&format!("Users added: {count}. At the first sign-in, each sets up an authenticator app.\n"));
    Ok(())
}

async fn sweep(app: Arc<App>) {
    loop {
        if let Err(error) = app.database.sweep().await {
            journal(&format!("error.{}", error.kind().name()));
        }
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
}

async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    let _ = interrupted.await;
}

/// What is wrong, and what to do, as the library says it.
fn told(what: &str, error: &Error) -> String {
    let source = std::error::Error::source(error).map(|source| format!(" ({source})")).unwrap_or_default();
    format!("{what}: {error}{source}. {}", error.kind().message(Language::English))
}

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn print(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
    let _ = std::io::stdout().flush();
}

const PATIENCE: Duration = Duration::from_secs(3);
