//! Somebody with a browser: cookies, forms as pages have them, redirects.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, header},
};
use scraper::{Html, Selector};

use crate::place::{Place, Said};

pub const PASSWORD: &str = "correct words, many of them";

pub struct Browser<'a> {
    place: &'a Place,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub fn new(place: &'a Place) -> Self {
        Self { place, cookies: BTreeMap::new() }
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().method(method).uri(path);
        match cookies.is_empty() {
            true => request,
            false => request.header(header::COOKIE, cookies.join("; ")),
        }
    }

    async fn ask(&mut self, request: Request<Body>) -> Said {
        let said = self.place.ask(request).await;
        for line in said.response.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("ASCII");
            assert!(line.contains("HttpOnly") && line.contains("SameSite="), "{line}");
            let (pair, rest) = line.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a cookie");
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        said
    }

    pub async fn get(&mut self, path: &str) -> Said {
        let request = self.request("GET", path).body(Body::empty()).expect("a request");
        self.ask(request).await
    }

    /// A page that has to be there.
    pub async fn page(&mut self, path: &str) -> String {
        let said = self.get(path).await;
        assert_eq!(said.status, 200, "{path}: {}", said.text);
        said.text
    }

    /// Sends fields as a form would, and nothing else.
    pub async fn send(&mut self, path: &str, fields: &[(String, String)]) -> Said {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.finish()))
            .expect("a request");
        self.ask(request).await
    }

    /// Fills in the form of a page that goes to `action`, and sends it.
    pub async fn fill(&mut self, page: &str, action: &str, typed: &[(&str, &str)]) -> Said {
        let html = self.get(page).await.text;
        let mut fields = hidden(&html, action);
        fields.extend(typed.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        self.send(action, &fields).await
    }

    /// As [`Browser::fill`]; it has to lead on, and where.
    pub async fn done(&mut self, page: &str, action: &str, typed: &[(&str, &str)]) -> String {
        let said = self.fill(page, action, typed).await;
        assert_eq!(said.status, 303, "{action}: {}", said.text);
        said.header("location").to_owned()
    }

    /// Sends a form with a file.
    pub async fn upload(&mut self, path: &str, typed: &[(&str, &str)], csv: &str) -> Said {
        let html = self.get(path).await.text;
        let mut fields = hidden(&html, path);
        fields.extend(typed.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!(
                "--XX\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        body += &format!(
            "--XX\r\ncontent-disposition: form-data; name=\"csv\"; filename=\"a.csv\"\r\n\
             content-type: text/csv\r\n\r\n{csv}\r\n--XX--\r\n"
        );
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
            .body(Body::from(body))
            .expect("a request");
        self.ask(request).await
    }

    pub async fn sign_in(&mut self, mail: &str, password: &str) -> Said {
        let typed = [("mail", mail), ("password", password)];
        self.fill("/team/sign-in", "/team/sign-in", &typed).await
    }

    /// Uses a set-up link.
    pub async fn set_up(&mut self, link: &str, typed: &[(&str, &str)]) -> Said {
        let path = link.find("/team/").map_or(link, |at| &link[at..]).to_owned();
        let mut fields = vec![("password", PASSWORD), ("again", PASSWORD)];
        fields.extend(typed);
        self.fill(&path, &path, &fields).await
    }
}

/// The hidden fields of the form that goes to `action`; a form without one goes to its own page.
fn hidden(html: &str, action: &str) -> Vec<(String, String)> {
    let document = Html::parse_document(html);
    let selector = |text| Selector::parse(text).expect("a selector");
    let (forms, inputs) = (selector("form[method=post]"), selector("input[type=hidden]"));
    let form = document
        .select(&forms)
        .find(|form| form.attr("action") == Some(action))
        .or_else(|| document.select(&forms).find(|form| form.attr("action").is_none()))
        // Whoever tries what no page offers has the word of some other form.
        .or_else(|| document.select(&forms).next())
        .unwrap_or_else(|| panic!("no form in {html}"));
    let field = |input: scraper::ElementRef<'_>| {
        Some((input.attr("name")?.to_owned(), input.attr("value").unwrap_or_default().to_owned()))
    };
    form.select(&inputs).filter_map(field).collect()
}

/// The text of what a selector finds first.
pub fn text_of(html: &str, selector: &str) -> String {
    let document = Html::parse_document(html);
    let selector = Selector::parse(selector).expect("a selector");
    let found = document.select(&selector).next();
    found.map(|found| found.text().collect()).unwrap_or_default()
}

/// An attribute of what a selector finds first.
pub fn attr_of(html: &str, selector: &str, attr: &str) -> String {
    let document = Html::parse_document(html);
    let selector = Selector::parse(selector).expect("a selector");
    let found = document.select(&selector).next().and_then(|found| found.attr(attr));
    found.unwrap_or_default().to_owned()
}
