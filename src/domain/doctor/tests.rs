use super::*;
use crate::domain::doctor::demands::demands;

const PAGE: &str = "https://console.example.org";
const GLANCE: &str = "https://cloud.example.org:9292";
const VERSIONS: &str =
    r#"{"versions": [{"id": "v2.17", "status": "CURRENT"}, {"id": "v2.8", "status": "SUPPORTED"}]}"#;

fn here() -> Here {
    Here { origin: PAGE.to_owned(), is_online: true }
}

fn answer(status: u16, media: &str, body: &str) -> Heard {
    let headers = [
        ("Content-Type".to_owned(), media.to_owned()),
        ("X-OpenStack-Request-ID".to_owned(), "req-1".to_owned()),
    ];
    Heard::Answer { answer: Answer::new(status, headers, body), moved_to: None }
}

fn turned_down() -> Heard {
    answer(401, "text/html", "Authentication required")
}

/// Everything as it should be.
fn healthy(service: Service, url: &str) -> Evidence {
    Evidence {
        reached: Some(Heard::Unreadable),
        versions: Some(answer(300, "application/json", VERSIONS)),
        demands: demands(service).iter().map(|demand| (demand, turned_down())).collect(),
        with_token: Some(answer(200, "application/json", "{}")),
        ..Evidence::new(service, url.to_owned())
    }
}

fn heard_of(change: impl FnOnce(&mut Evidence)) -> Vec<Finding> {
    let mut evidence = healthy(Service::Image, GLANCE);
    change(&mut evidence);
    findings(&evidence, &here())
}

#[test]
fn a_healthy_service_has_nothing_to_say() {
    assert_eq!(heard_of(|_| {}), []);
    // Before the sign-in there is no token to ask with.
    assert_eq!(heard_of(|it| it.with_token = None), []);
}

#[test]
fn what_is_not_reached_is_told_by_how_it_failed() {
    let cases = [
        (Heard::Blocked, true, Finding::BlockedByPolicy),
        (Heard::TimedOut, true, Finding::TimedOut),
        (Heard::Nothing(20), true, Finding::TurnedAway),
        (Heard::Nothing(6_000), true, Finding::Lost),
        (Heard::Nothing(20), false, Finding::Offline),
    ];
    for (reached, is_online, want) in cases {
        let evidence =
            Evidence { reached: Some(reached), ..Evidence::new(Service::Image, GLANCE.to_owned()) };
        assert_eq!(findings(&evidence, &Here { is_online, ..here() }), [want]);
    }
}

#[test]
fn an_insecure_address_on_a_secure_page_is_known_beforehand() {
    let mut evidence = Evidence::new(Service::Image, "http://cloud.example.org/image".to_owned());
    assert_eq!(findings(&evidence, &here()), [Finding::MixedContent]);
    evidence.secure_twin = true;
    assert_eq!(findings(&evidence, &here()), [Finding::MixedContent, Finding::AnswersByHttps]);
}

#[test]
fn an_inside_name_is_blamed_only_when_it_is_not_reached() {
    let url = "https://controller:9292";
    let evidence =
        Evidence { reached: Some(Heard::Nothing(9)), ..Evidence::new(Service::Image, url.to_owned()) };
    assert_eq!(findings(&evidence, &here()), [Finding::TurnedAway, Finding::InternalName]);
    assert_eq!(findings(&healthy(Service::Image, url), &here()), []);
}

#[test]
fn a_server_that_is_up_and_may_not_be_read_lacks_cors() {
    let unread = |versions, plain| {
        heard_of(|it| {
            (it.versions, it.plain) = (Some(versions), Some(plain));
            it.demands.clear();
            it.with_token = None;
        })
    };
    assert_eq!(unread(Heard::Nothing(3), Heard::Nothing(3)), [Finding::OriginRefused]);
    assert_eq!(unread(Heard::Redirect, Heard::Nothing(3)), [Finding::RedirectRefused]);
    assert_eq!(unread(Heard::TimedOut, Heard::TimedOut), [Finding::TimedOut]);
    // The root may be somebody else's (a landing page): the interface counts.
    assert_eq!(
        heard_of(|it| (it.versions, it.plain) = (Some(Heard::Nothing(3)), Some(turned_down()))),
        [Finding::NoVersions]
    );
}

#[test]
fn each_header_is_named_and_not_blamed_on_the_method() {
    for (name, weight) in [("X-Auth-Token", Weight::Fatal), ("Content-Type", Weight::Fatal)] {
        let found = heard_of(|it| {
            for (demand, heard) in &mut it.demands {
                if demand.header.is_some_and(|(header, _)| header == name) {
                    *heard = Heard::Nothing(2);
                }
            }
        });
        assert_eq!(found, [Finding::HeadersRefused(vec![name])]);
        assert_eq!(found[0].weight(), weight);
    }
    let mut nova = healthy(Service::Compute, GLANCE);
    nova.versions = Some(answer(
        200,
        "application/json",
        r#"{"versions": [{"id": "v2.1", "min_version": "2.1", "version": "2.103"}]}"#,
    ));
    nova.demands[2].1 = Heard::Nothing(2);
    let found = findings(&nova, &here());
    assert_eq!(found, [Finding::HeadersRefused(vec!["OpenStack-API-Version"])]);
    assert_eq!(found[0].weight(), Weight::Limit);
}

#[test]
fn each_method_is_named_whether_cors_or_a_proxy_refuses_it() {
    for refusal in [Heard::Nothing(2), answer(405, "text/html", "<h1>405 Not Allowed</h1>")] {
        let found = heard_of(|it| {
            for (demand, heard) in &mut it.demands {
                if matches!(demand.method, Method::Patch | Method::Put) {
                    *heard = refusal.clone();
                }
            }
        });
        assert_eq!(found, [Finding::MethodsRefused(vec!["PATCH", "PUT"])]);
    }
}

#[test]
fn what_is_no_service_is_told_by_what_it_sends() {
    let page = || answer(200, "text/html; charset=utf-8", "<!doctype html>");
    let found = heard_of(|it| {
        it.versions = Some(page());
        it.with_token = Some(page());
        it.demands.iter_mut().for_each(|(_, heard)| *heard = page());
    });
    // 200 with a page is what a server answers that has the app for every path it does not know.
    assert_eq!(found, [Finding::NotTheService { status: 200, media: "text/html".to_owned() }]);
    for status in [500, 502, 503, 504] {
        let down = || answer(status, "text/html", "");
        let found = heard_of(|it| (it.versions, it.with_token) = (Some(down()), Some(down())));
        assert_eq!(found, [Finding::Failing(status)]);
    }
}

#[test]
fn a_token_that_one_service_refuses_is_that_services_trouble() {
    assert_eq!(heard_of(|it| it.with_token = Some(turned_down())), [Finding::TokenRefused]);
}

#[test]
fn a_move_is_told() {
    let found = heard_of(|it| {
        if let Some(Heard::Answer { moved_to, .. }) = &mut it.versions {
            *moved_to = Some("https://elsewhere.example.org/".to_owned());
        }
    });
    assert_eq!(found, [Finding::Moved("https://elsewhere.example.org/".to_owned())]);
}

#[test]
fn old_services_lack_what_came_later() {
    let whats = |service, newest: &str, micro: Option<&str>| {
        let low = Version { major: 2, minor: 1 };
        let spoken = Versions {
            newest: newest.parse().ok(),
            micro: micro.and_then(|high| high.parse().ok()).map(|high| (low, high)),
            ..Versions::default()
        };
        lacks(service, &spoken).iter().map(|lack| lack.what).collect::<Vec<_>>()
    };
    assert_eq!(whats(Service::Image, "2.17", None), [] as [&str; 0]);
    assert_eq!(whats(Service::Image, "2.8", None), ["tasks", "usage"]);
    assert_eq!(whats(Service::Image, "2.7", None), ["stores", "tasks", "usage"]);
    assert_eq!(
        whats(Service::Image, "2.5", None),
        ["import", "hidden", "hashes", "stores", "tasks", "usage"]
    );
    assert_eq!(whats(Service::Compute, "2.1", Some("2.60")), ["extra_specs", "volume_type", "wider_names"]);
    assert_eq!(whats(Service::Compute, "2.0", None).len(), 6);
    assert_eq!(whats(Service::Network, "2.0", None), [] as [&str; 0]);
}

#[test]
fn a_new_glance_that_does_not_name_the_version_of_stores_has_one() {
    let of = |versions: &str| heard_of(|it| it.versions = Some(answer(300, "application/json", versions)));
    let one =
        r#"{"versions": [{"id": "v2.17", "status": "CURRENT"}, {"id": "v2.7", "status": "SUPPORTED"}]}"#;
    assert_eq!(of(one), [Finding::OneStore]);
    assert_eq!(Finding::OneStore.weight(), Weight::Note);
    // An old one lacks them with all else that came later.
    assert!(matches!(of(r#"{"versions": [{"id": "v2.6"}]}"#)[..], [Finding::Lacks(_)]));
}

#[test]
fn request_ids_matter_across_origins_only() {
    let without = Heard::Answer { answer: Answer::new(200, [], "{}"), moved_to: None };
    assert_eq!(heard_of(|it| it.with_token = Some(without.clone())), [Finding::NoRequestId]);
    let mut own = healthy(Service::Image, &format!("{PAGE}/image"));
    own.with_token = Some(without);
    assert_eq!(findings(&own, &here()), []);
}

#[test]
fn the_worst_stands_first() {
    let found = heard_of(|it| {
        it.versions = Some(answer(404, "application/json", "{}"));
        it.demands[4].1 = Heard::Nothing(1);
        it.demands[0].1 = Heard::Nothing(1);
    });
    let weights: Vec<Weight> = found.iter().map(Finding::weight).collect();
    assert_eq!(weights, [Weight::Fatal, Weight::Limit, Weight::Note]);
}

#[test]
fn what_cannot_be_missing_counts_when_it_is() {
    for (service, weight) in [
        (Service::Identity, Some(Weight::Fatal)),
        (Service::Image, Some(Weight::Fatal)),
        (Service::Compute, Some(Weight::Limit)),
        (Service::Network, None),
        (Service::BlockStorage, None),
    ] {
        assert_eq!(absence_weight(service, false), weight, "{service:?}");
        assert_eq!(absence_weight(service, true), Some(Weight::Fatal), "{service:?} in another region");
    }
}
