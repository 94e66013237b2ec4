//! A browser, as far as cookies, forms and redirects go.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) node: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(node: String) -> Self {
        Self { node, cookies: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, &encoded(fields)).await
    }

    /// The form of a page with its hidden fields; `fields` are typed over them.
    pub(crate) async fn submit(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = page.form(action, fields);
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(action, &form).await
    }

    /// Sends a form, and does not wait for its answer.
    pub(crate) async fn hang_up(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) {
        let form = page.form(action, fields);
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut stream = TcpStream::connect(&self.node).await.unwrap();
        stream.write_all(self.request("POST", action, &encoded(&form)).as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    pub(crate) async fn follow(&mut self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", answer.body);
        let place = answer.location().to_owned();
        self.get(&place).await
    }

    /// As whom this browser is signed in.
    pub(crate) async fn who(&mut self) -> Option<String> {
        let page = self.get("/").await;
        let name = page.body.split("id=\"service-account\">").nth(1)?.split('<').next()?;
        Some(unescaped(name))
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.node).await.unwrap();
        stream.write_all(self.request(method, path, body).as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // A node that refuses a large body closes before it has read it.
        let _ = stream.read_to_end(&mut bytes).await;
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{method} {path}: {text:?}"));
        for line in head.lines() {
            if let Some(cookie) = line.strip_prefix("set-cookie: ") {
                let (name, rest) = cookie.split_once('=').unwrap();
                let value = rest.split(';').next().unwrap();
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.into(), value.into());
                }
            }
        }
        let status = head[9..12].parse().unwrap();
        Answer { path: path.into(), status, head: head.into(), body: body.into() }
    }

    fn request(&self, method: &str, path: &str, body: &str) -> String {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.node,
            cookies.join("; "),
            body.len()
        )
    }
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default()
    }

    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let rest = self.body.split_once(before).unwrap_or_else(|| panic!("no {before} in {}", self.body)).1;
        rest.split(after).next().unwrap()
    }

    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.between(&format!("type=\"hidden\" name=\"{name}\" value=\""), "\"")
    }

    fn form(&self, action: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let form = self.between(&format!("action=\"{action}\">"), "</form>");
        let hidden = form.split("type=\"hidden\" name=\"").skip(1).map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (name.to_owned(), unescaped(rest.split('"').next().unwrap()))
        });
        let mut all: Vec<(String, String)> =
            hidden.filter(|(name, _)| fields.iter().all(|(typed, _)| typed != name)).collect();
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
