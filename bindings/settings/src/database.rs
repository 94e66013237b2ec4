//! The address of the database, in SQLAlchemy's form: `product+driver://user:password@host:port/name?query`.

use std::path::Path;

use zeroize::{Zeroize, Zeroizing};

/// The address, in its parts.
#[derive(Clone)]
pub struct Database {
    scheme: String,
    user: Option<String>,
    password: Option<Zeroizing<String>>,
    host: Option<String>,
    port: Option<u16>,
    name: String,
    query: Vec<(String, String)>,
    without_password: String,
}

/// The database product, as far as hosts without SQLAlchemy care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Product {
    /// SQLite; the name is the file's absolute path.
    Sqlite,
    /// PostgreSQL.
    Postgresql,
    /// MariaDB or MySQL.
    Mariadb,
    /// What SQLAlchemy has a dialect for.
    Other,
}

impl Database {
    pub(crate) fn parse(url: &str) -> Option<Self> {
        if url.len() > 1_024 || url.contains(char::is_control) || url.contains(' ') {
            return None;
        }
        let (scheme, rest) = url.split_once("://")?;
        if !is_scheme(scheme) {
            return None;
        }
        let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
        // A password may hold `/` and `@`, as SQLAlchemy reads it: the last `@` before the host ends it.
        let (login, place) =
            place.rsplit_once('@').map_or((None, place), |(login, place)| (Some(login), place));
        let (server, name) = place.split_once('/').map_or((place, ""), |(server, name)| (server, name));
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            None => (None, None),
            Some((user, password)) => {
                let password = if password.is_empty() { None } else { Some(decoded(password)?) };
                (Some(decoded(user)?).filter(|user| !user.is_empty()), password.map(Zeroizing::new))
            }
        };
        let (host, port) = host_and_port(server)?;
        let mut database = Self {
            scheme: scheme.into(),
            user,
            password,
            host,
            port,
            name: name.into(),
            query: pairs(query)?,
            without_password: String::new(),
        };
        // A relative file would be another one for each service, and one in memory another for each connection.
        let is_file = Path::new(&database.name).is_absolute() && database.host.is_none();
        if database.product() == Product::Sqlite && !is_file {
            return None;
        }
        // Drivers take a password there too, and this crate would show it.
        if database.query.iter().any(|(name, _)| matches!(name.as_str(), "password" | "passwd" | "pwd")) {
            return None;
        }
        let user = database.user.as_deref().map(|user| encoded(user) + "@").unwrap_or_default();
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        database.without_password = format!("{scheme}://{user}{place}{query}");
        Some(database)
    }

    /// The product.
    pub fn product(&self) -> Product {
        match self.scheme.split('+').next() {
            Some("sqlite") => Product::Sqlite,
            Some("postgresql" | "postgres") => Product::Postgresql,
            Some("mariadb" | "mysql") => Product::Mariadb,
            _ => Product::Other,
        }
    }

    /// The user, if the address has one.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The host, if the address has one.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The port, if the address has one.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The database's name, or the file of SQLite.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands behind the question mark: options of the driver, such as `sslmode` or `unix_socket`.
    pub fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The address, to show.
    pub fn without_password(&self) -> String {
        self.without_password.clone()
    }

    pub(crate) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    pub(crate) fn password(&self) -> Option<&str> {
        self.password.as_ref().map(|password| password.as_str())
    }
}

/// Not the password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.without_password)
    }
}

fn is_scheme(scheme: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    scheme.split('+').count() <= 2 && scheme.split('+').all(is_word)
}

fn host_and_port(server: &str) -> Option<(Option<String>, Option<u16>)> {
    // An IPv6 address stands in brackets.
    let (host, port) = match server.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => server.split_once(':').map_or((server, None), |(host, port)| (host, Some(port))),
    };
    let port = match port {
        Some(port) => Some(port.parse().ok().filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()))?),
        None => None,
    };
    Some((Some(host.to_owned()).filter(|host| !host.is_empty()), port))
}

fn pairs(query: Option<&str>) -> Option<Vec<(String, String)>> {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').and_then(|(name, value)| Some((decoded(name)?, decoded(value)?))))
        .collect()
}

/// Percent-decoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high << 4 | low).ok()?);
    }
    String::from_utf8(bytes)
        .map_err(|error| error.into_bytes().zeroize())
        .ok()
        .filter(|text| !text.contains(char::is_control))
}

/// Percent-encoding of all that is not plain.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte.into()),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
