//! What an operator pastes: the `[cors]` section of a service, the lines of a proxy, the policy of the page.

use crate::{
    domain::{
        config::address,
        doctor::{Finding, address::origin},
    },
    openstack::{catalog::endpoint_url, request::Service},
};

/// Into which file a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The service's own configuration.
    ServiceFile(&'static str),
    /// nginx, and beside it `config.json`.
    Proxy,
    /// The header of the server that serves Sextant.
    Policy,
}

/// A text and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paste {
    /// Where.
    pub place: Place,
    /// What.
    pub text: String,
}

/// The file that has the service's `[cors]` section.
fn service_file(service: Service) -> &'static str {
    match service {
        Service::Identity => "/etc/keystone/keystone.conf",
        Service::Image => "/etc/glance/glance-api.conf",
        Service::Compute => "/etc/nova/nova.conf",
        Service::Network => "/etc/neutron/neutron.conf",
        Service::BlockStorage => "/etc/cinder/cinder.conf",
    }
}

/// The path that docs/deploy gives the service behind a proxy.
fn prefix(service: Service) -> &'static str {
    match service {
        Service::Identity => "/identity",
        Service::Image => "/image",
        Service::Compute => "/compute",
        Service::Network => "/network",
        Service::BlockStorage => "/block-storage",
    }
}

/// The texts that mend a finding, the likelier first. `services` are the addresses of all services that the page uses. An odd
/// address, which could mean something of its own in a configuration file, is in none of them.
pub fn pastes(finding: &Finding, service: Service, url: &str, page: &str, services: &[String]) -> Vec<Paste> {
    match finding {
        Finding::OriginRefused => cors_or_proxy(service, url, page, None),
        Finding::HeadersRefused(_) => cors_or_proxy(service, url, page, Some(Wider::Headers)),
        Finding::MethodsRefused(_) if origin(url) != Some(page) => {
            cors_or_proxy(service, url, page, Some(Wider::Methods))
        }
        Finding::NoRequestId => vec![cors(service, page, Some(Wider::Exposed))],
        Finding::MixedContent | Finding::InternalName | Finding::RedirectRefused => {
            proxy(service, url).into_iter().collect()
        }
        // A prefix of this origin that leads nowhere: the line that it lacks, with the service's address to be filled in.
        Finding::NotTheService { .. } if origin(url) == Some(page) => {
            vec![Paste { place: Place::Proxy, text: location(service, "http://127.0.0.1:PORT/") }]
        }
        Finding::BlockedByPolicy => vec![policy(page, services)],
        _ => Vec::new(),
    }
}

/// What the section says beyond the origin: only what the service's defaults, or the operator's changes to them, lack.
enum Wider {
    Headers,
    Methods,
    Exposed,
}

fn cors_or_proxy(service: Service, url: &str, page: &str, wider: Option<Wider>) -> Vec<Paste> {
    [Some(cors(service, page, wider)), proxy(service, url)].into_iter().flatten().collect()
}

fn cors(service: Service, page: &str, wider: Option<Wider>) -> Paste {
    // Setting one of these replaces the service's own list: all that is needed stands in it.
    let more = match wider {
        None => "",
        Some(Wider::Headers) => {
            "allow_headers = Content-Type,Accept,X-Auth-Token,X-Subject-Token,OpenStack-API-Version,X-OpenStack-Request-ID\n"
        }
        Some(Wider::Methods) => "allow_methods = GET,HEAD,POST,PUT,PATCH,DELETE\n",
        Some(Wider::Exposed) => {
            "expose_headers = X-Auth-Token,X-Subject-Token,X-OpenStack-Request-ID,OpenStack-API-Version\n"
        }
    };
    let text = format!("[cors]\nallowed_origin = {page}\n{more}");
    Paste { place: Place::ServiceFile(service_file(service)), text }
}

/// What docs/deploy/nginx.conf says for uploads: it stands beside the images' address, in case that file is not used.
const FOR_UPLOADS: [&str; 4] = [
    "client_max_body_size 0;",
    "proxy_http_version 1.1;",
    "proxy_request_buffering off;",
    "proxy_read_timeout 1h;",
];

/// A server that has several names by one address goes by the name that it is asked for: by TLS, and in the request. Lines of this
/// kind take the place of the server's own, so those are said again.
const BY_HTTPS: [&str; 4] = [
    "proxy_ssl_server_name on;",
    "proxy_set_header Host $proxy_host;",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
];

/// As docs/deploy/nginx.conf has it.
fn location(service: Service, upstream: &str) -> String {
    let prefix = prefix(service);
    let by_https = if upstream.starts_with("https://") { &BY_HTTPS[..] } else { &[] };
    let for_uploads = if service == Service::Image { &FOR_UPLOADS[..] } else { &[] };
    let more = [by_https, for_uploads].concat();
    if more.is_empty() {
        return format!("location ^~ {prefix}/ {{ proxy_pass {upstream}; }}\n");
    }
    format!("location ^~ {prefix}/ {{\n    proxy_pass {upstream};\n    {}\n}}\n", more.join("\n    "))
}

fn proxy(service: Service, url: &str) -> Option<Paste> {
    let upstream = endpoint_url(url, "/");
    if !is_plain(&upstream) {
        return None;
    }
    let line = location(service, &upstream);
    let prefix = prefix(service);
    let key = match service {
        Service::Identity => format!("\"identity\": \"{prefix}/v3\""),
        other => format!("\"services\": {{ \"{}\": \"{prefix}\" }}", other.official_type()),
    };
    Some(Paste { place: Place::Proxy, text: format!("{line}# config.json: {key}\n") })
}

fn policy(page: &str, services: &[String]) -> Paste {
    let origins = services.iter().filter_map(|url| origin(url));
    let mut origins: Vec<&str> = origins.filter(|origin| *origin != page && is_plain(origin)).collect();
    origins.sort_unstable();
    origins.dedup();
    origins.insert(0, "'self'");
    Paste { place: Place::Policy, text: format!("connect-src {};\n", origins.join(" ")) }
}

/// Whether an address is one by itself. A path may hold a `;` elsewhere: in these files it ends what is said.
fn is_plain(url: &str) -> bool {
    address::read(url).is_some() && !url.contains(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://console.example.org";
    const GLANCE: &str = "https://cloud.example.org:9292/v2";

    fn texts(finding: &Finding) -> Vec<String> {
        let services =
            [GLANCE.to_owned(), "https://cloud.example.org:5000/v3".to_owned(), format!("{PAGE}/x")];
        pastes(finding, Service::Image, GLANCE, PAGE, &services).into_iter().map(|paste| paste.text).collect()
    }

    #[test]
    fn a_refused_origin_is_one_line_or_a_proxy() {
        assert_eq!(
            texts(&Finding::OriginRefused),
            [
                "[cors]\nallowed_origin = https://console.example.org\n",
                "location ^~ /image/ {\n    proxy_pass https://cloud.example.org:9292/;\n    proxy_ssl_server_name on;\n    \
                 proxy_set_header Host $proxy_host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    \
                 proxy_set_header X-Forwarded-Proto $scheme;\n    client_max_body_size 0;\n    proxy_http_version 1.1;\n    proxy_request_buffering off;\n    proxy_read_timeout 1h;\n}\n\
                 # config.json: \"services\": { \"image\": \"/image\" }\n",
            ]
        );
    }

    #[test]
    fn lists_are_given_only_where_they_are_the_trouble() {
        let of = |finding| texts(&finding)[0].clone();
        assert!(
            of(Finding::HeadersRefused(vec!["X-Auth-Token"]))
                .contains("allow_headers = Content-Type,Accept,X-Auth-Token")
        );
        assert!(
            of(Finding::MethodsRefused(vec!["PATCH"]))
                .contains("allow_methods = GET,HEAD,POST,PUT,PATCH,DELETE")
        );
        assert!(of(Finding::NoRequestId).contains("expose_headers"));
    }

    #[test]
    fn the_policy_names_every_origin_once() {
        assert_eq!(
            texts(&Finding::BlockedByPolicy),
            ["connect-src 'self' https://cloud.example.org:5000 https://cloud.example.org:9292;\n"]
        );
    }

    #[test]
    fn an_odd_address_is_not_pasted() {
        for url in [
            "http://controller;} evil",
            "http://controller/x;} evil",
            "http://controller/x;evil",
            "http://controller {}",
            "http://controller/$host",
            "http://controller\n} evil",
            "http://me:secret@controller",
        ] {
            let services = [url.to_owned(), GLANCE.to_owned()];
            let of = |finding| pastes(&finding, Service::Network, url, PAGE, &services);
            assert_eq!(of(Finding::OriginRefused), [cors(Service::Network, PAGE, None)], "{url:?}");
            assert!(of(Finding::InternalName).is_empty(), "{url:?}");
            let is_host_plain = url.starts_with("http://controller/");
            let controller = if is_host_plain { "http://controller " } else { "" };
            let policy = format!("connect-src 'self' {controller}https://cloud.example.org:9292;\n");
            assert_eq!(of(Finding::BlockedByPolicy)[0].text, policy, "{url:?}");
        }
    }

    #[test]
    fn what_is_offered_is_what_the_documentation_has() {
        let documented = include_str!("../../../docs/deploy/nginx.conf");
        let (before, variants) = documented.split_once("# Variants").unwrap();
        for line in FOR_UPLOADS {
            assert!(before.contains(line), "{line}");
        }
        for line in BY_HTTPS {
            assert!(variants.contains(line), "{line}");
        }
        // What such a location takes the place of.
        for line in before.lines().map(str::trim).filter(|line| line.starts_with("proxy_set_header")) {
            let name = line.split_whitespace().nth(1).unwrap();
            assert!(BY_HTTPS.iter().any(|own| own.contains(&format!(" {name} "))), "{line}");
        }
    }

    #[test]
    fn a_service_by_https_is_asked_for_by_its_own_name() {
        let secure = location(Service::Network, "https://cloud.example.org/network/");
        assert!(
            secure.contains("proxy_ssl_server_name on;") && secure.contains("Host $proxy_host;"),
            "{secure}"
        );
        let plain = location(Service::Network, "http://127.0.0.1:9696/");
        assert_eq!(plain, "location ^~ /network/ { proxy_pass http://127.0.0.1:9696/; }\n");
    }

    #[test]
    fn keystone_has_a_key_of_its_own() {
        let url = "http://controller:5000/v3";
        let pastes = pastes(&Finding::InternalName, Service::Identity, url, PAGE, &[]);
        assert_eq!(
            pastes[0].text,
            "location ^~ /identity/ { proxy_pass http://controller:5000/; }\n# config.json: \"identity\": \"/identity/v3\"\n"
        );
    }

    #[test]
    fn a_proxy_that_lacks_a_method_is_not_told_about_cors() {
        let url = format!("{PAGE}/image");
        assert!(pastes(&Finding::MethodsRefused(vec!["PATCH"]), Service::Image, &url, PAGE, &[]).is_empty());
    }
}
