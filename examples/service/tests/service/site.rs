//! Two nodes of the service, a database of their own behind a port that can go away, and employees with phones.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use poterne::{
    Change, Error, ExistingCredential, Keyring, OtpFormat, Parameters, Secret, Status, StoredCredential,
    TimeSteps, UnixTime, Verifier, totp,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_postgres::{Client, NoTls};

use crate::browser::Browser;

const APPLICATION: &str = "departement";

pub(crate) struct Site {
    pub(crate) relay: Relay,
    /// What the phones know, by account.
    secrets: Mutex<HashMap<String, Secret>>,
    used: Mutex<HashMap<String, u64>>,
    verifier: Verifier,
    client: Client,
    nodes: Vec<(Child, String)>,
    folder: PathBuf,
}

impl Site {
    pub(crate) async fn new(name: &str, policy: &str) -> Self {
        let server: u16 = std::env::var("POTERNE_POSTGRESQL_PORT")
            .expect("run this by tests/databases: it starts PostgreSQL")
            .parse()
            .unwrap();
        let database = format!("service_{name}");
        let url = |port, database: &str| format!("postgresql://poterne:poterne@127.0.0.1:{port}/{database}");
        let admin = connect(&url(server, "poterne")).await;
        for statement in [
            format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
            format!("CREATE DATABASE {database}"),
        ] {
            admin.batch_execute(&statement).await.unwrap();
        }
        let relay = Relay::new(server).await;
        let folder = std::env::temp_dir().join(format!("service-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut nodes = Vec::new();
        for number in 0..2 {
            let log = fs::File::create(folder.join(format!("log{number}"))).unwrap();
            let mut child = Command::new(env!("CARGO_BIN_EXE_poterne-service"))
                .env("DATABASE_URL", url(relay.port, &database))
                .env("KEYRING", folder.join("poterne.keys"))
                .env("APPLICATION", APPLICATION)
                .env("POLICY", policy)
                .env("LISTEN", "127.0.0.1:0")
                .stdout(Stdio::piped())
                .stderr(log)
                .spawn()
                .unwrap();
            let said = child.stdout.take().unwrap();
            // The first node has made the keyring before the second looks for it.
            let address = tokio::task::spawn_blocking(move || {
                let lines = std::io::BufRead::lines(std::io::BufReader::new(said));
                let line = lines.map_while(Result::ok).find(|line| line.contains("listens on"));
                line.and_then(|line| Some(line.split("http://").nth(1)?.trim_end_matches('/').to_owned()))
            });
            let address = address.await.unwrap();
            let log = fs::read_to_string(folder.join(format!("log{number}"))).unwrap();
            nodes.push((child, address.unwrap_or_else(|| panic!("the node does not start: {log}"))));
        }
        let keyring = Keyring::open(folder.join("poterne.keys")).unwrap();
        let verifier = Verifier::new(keyring, APPLICATION).unwrap();
        let client = connect(&url(server, &database)).await;
        Self { relay, secrets: Mutex::default(), used: Mutex::default(), verifier, client, nodes, folder }
    }

    /// Ends the nodes as an operator does. Both must end well.
    pub(crate) async fn stop(mut self) {
        for (child, _) in &mut self.nodes {
            let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
            assert!(asked.success());
            let mut ended = None;
            for _ in 0..150 {
                ended = child.try_wait().unwrap();
                if ended.is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
        }
    }

    pub(crate) fn address(&self, node: usize) -> String {
        self.nodes[node].1.clone()
    }

    pub(crate) fn browser(&self, node: usize) -> Browser {
        Browser::new(self.address(node))
    }

    pub(crate) fn log(&self) -> String {
        (0..self.nodes.len())
            .map(|number| fs::read_to_string(self.folder.join(format!("log{number}"))).unwrap())
            .collect()
    }

    /// A user with the password `s3cret-NAME`.
    pub(crate) async fn user(&self, name: &str) {
        use std::io::Write;
        let port = self.relay.port;
        let database = self.client.query_one("SELECT current_database()::TEXT", &[]).await.unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_poterne-service"))
            .arg("users")
            .env(
                "DATABASE_URL",
                format!("postgresql://poterne:poterne@127.0.0.1:{port}/{}", database.get::<_, String>(0)),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{name} s3cret-{name}").unwrap();
        let status = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
        assert!(status.success());
    }

    /// A user with a phone.
    pub(crate) async fn employee(&self, name: &str) {
        self.user(name).await;
        self.phone(name).await;
    }

    /// Another one, with the password of the first.
    pub(crate) async fn employee_like(&self, first: &str, name: &str) {
        let copy = "INSERT INTO service_user SELECT $2, password FROM service_user WHERE account = $1";
        self.client.execute(copy, &[&first, &name]).await.unwrap();
        self.phone(name).await;
    }

    /// An authenticator on this row, such as `NAME#2`.
    pub(crate) async fn token(&self, row: &str) {
        self.phone(row).await;
    }

    async fn phone(&self, name: &str) {
        let secret = Secret::generate(20).unwrap();
        self.scan(name, &secret.to_base32());
        let now = UnixTime::now().unwrap();
        let change =
            self.verifier.import(name, ExistingCredential::new(secret, Parameters::totp()), now).unwrap();
        let insert = "INSERT INTO poterne (account, record) VALUES ($1, $2)";
        self.client.execute(insert, &[&name, &change.record().unwrap().as_str()]).await.unwrap();
    }

    pub(crate) fn scan(&self, name: &str, key: &str) {
        self.secrets.lock().unwrap().insert(name.into(), Secret::from_base32(key).unwrap());
        self.used.lock().unwrap().remove(name);
    }

    pub(crate) fn secret(&self, name: &str) -> Secret {
        Secret::from_bytes(self.secrets.lock().unwrap()[name].as_bytes()).unwrap()
    }

    /// The code of this step.
    pub(crate) fn code(&self, name: &str) -> String {
        let now = UnixTime::now().unwrap();
        self.used.lock().unwrap().insert(name.into(), now.as_secs() / 30);
        self.code_at(name, now)
    }

    /// A code of a later step than the last: of the one to come, as fast as that goes.
    pub(crate) async fn next_code(&self, name: &str) -> String {
        loop {
            let now = UnixTime::now().unwrap();
            let last = self.used.lock().unwrap().get(name).copied().unwrap_or_default();
            let at =
                UnixTime::from_secs(i64::try_from((last + 1).max(now.as_secs() / 30) * 30).unwrap()).unwrap();
            // The verifier takes one step that is to come.
            if at.as_secs() / 30 <= now.as_secs() / 30 + 1 {
                self.used.lock().unwrap().insert(name.into(), at.as_secs() / 30);
                return self.code_at(name, at);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    fn code_at(&self, name: &str, at: UnixTime) -> String {
        totp::generate(&self.secret(name), OtpFormat::default(), TimeSteps::default(), at)
            .unwrap()
            .as_str()
            .into()
    }

    pub(crate) fn wrong_code(&self, name: &str) -> String {
        let now = UnixTime::now().unwrap().as_secs();
        let at = |step: u64| UnixTime::from_secs(i64::try_from(now + 30 * step - 360).unwrap()).unwrap();
        let right: Vec<String> = (0..24).map(|step| self.code_at(name, at(step))).collect();
        (0..).map(|number| format!("{number:06}")).find(|code| !right.contains(code)).unwrap()
    }

    pub(crate) async fn record(&self, account: &str) -> Option<String> {
        let row = self
            .client
            .query_opt("SELECT record FROM poterne WHERE account = $1", &[&account])
            .await
            .unwrap();
        row.map(|row| row.get(0))
    }

    pub(crate) async fn status(&self, account: &str) -> Status {
        let record = self.record(account).await;
        self.verifier
            .credential(account, record.as_deref())
            .unwrap()
            .inspect(UnixTime::now().unwrap())
            .unwrap()
    }

    /// A change of the help desk.
    pub(crate) async fn change<T>(
        &self,
        account: &str,
        make: impl Fn(StoredCredential<'_>) -> Result<Change<T>, Error>,
    ) -> T {
        let old = self.record(account).await.unwrap();
        let change = make(self.verifier.credential(account, Some(&old)).unwrap()).unwrap();
        let update = "UPDATE poterne SET record = $3 WHERE account = $1 AND record = $2";
        let rows =
            self.client.execute(update, &[&account, &old, &change.record().unwrap().as_str()]).await.unwrap();
        change.outcome(rows).unwrap()
    }

    pub(crate) async fn execute(&self, statement: &str) {
        self.client.batch_execute(statement).await.unwrap();
    }

    pub(crate) async fn count(&self, select: &str) -> i64 {
        self.client.query_one(select, &[]).await.unwrap().get(0)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for (child, _) in &mut self.nodes {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A port before the server that goes away and comes back.
pub(crate) struct Relay {
    pub(crate) port: u16,
    server: u16,
    running: Mutex<Option<AbortHandle>>,
}

impl Relay {
    async fn new(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self { port: listener.local_addr().unwrap().port(), server, running: Mutex::default() };
        relay.run(listener);
        relay
    }

    /// Cuts off whoever is connected.
    pub(crate) fn stop(&self) {
        self.running.lock().unwrap().take().unwrap().abort();
    }

    pub(crate) fn start(&self) {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], self.port).into()).unwrap();
        self.run(socket.listen(64).unwrap());
    }

    fn run(&self, listener: TcpListener) {
        let server = self.server;
        let running = tokio::spawn(async move {
            // They end with this task.
            let mut pairs = JoinSet::new();
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                pairs.spawn(async move {
                    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        *self.running.lock().unwrap() = Some(running.abort_handle());
    }
}
