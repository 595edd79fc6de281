//! Laws of the codecs, and that nothing a stranger sends brings the simulator down.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use strum::IntoEnumIterator as _;

use super::value::record;
use super::*;
use crate::sim::scenario::Scenario;
use crate::sim::world::World;

fn form(text: &str) -> Value {
    query::decode(text.as_bytes()).unwrap()
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

#[test]
fn a_form_becomes_lists_and_records() {
    let input = form(
        "Action=X&Filters.Filter.1.Name=a+b&Filters.Filter.1.Values.Value.1=%C3%A4&\
         TargetGroupArns.member.2=two&TargetGroupArns.member.1=one&Size=20&Flag=true",
    );
    let input = Input(&input);
    assert_eq!(input.texts("TargetGroupArns").unwrap(), ["one", "two"]);
    let filter = input.list("Filters").unwrap()[0];
    assert_eq!(filter.text("Name").unwrap(), Some("a b"));
    assert_eq!(filter.texts("Values").unwrap(), ["ä"]);
    assert_eq!(input.integer("Size").unwrap(), Some(20));
    assert!(input.flag("Flag").unwrap());
    assert!(input.integer("Flag").is_err());
}

#[test]
fn xml_names_list_members_and_escapes() {
    let value = record! {
        "DBInstances": vec![record! { "Name": "<a & b>\u{1}", "Nothing": None::<bool> }],
        "Names": Value::list(["x"]),
        "At": at(1_800_000_000_000),
    };
    let xml = String::from_utf8(query::encode("Op", "urn:x", &value, "id")).unwrap();
    for part in [
        "<OpResponse xmlns=\"urn:x\"><OpResult>",
        "<DBInstances><DBInstance><Name>&lt;a &amp; b&gt;\u{fffd}</Name></DBInstance></DBInstances>",
        "<Names><member>x</member></Names>",
        "<At>2027-01-15T08:00:00.000Z</At>",
        "<ResponseMetadata><RequestId>id</RequestId>",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    assert!(!xml.contains("Nothing"));
}

#[test]
fn json_and_cbor_know_moments() {
    let value = record! { "whole": at(1_800_000_000_000), "part": at(1_800_000_000_250) };
    let json = String::from_utf8(json::encode(&value)).unwrap();
    assert_eq!(json, r#"{"part":1800000000.25,"whole":1800000000}"#);
    assert_eq!(cbor::decode(&cbor::encode(&value)).unwrap(), value);
}

#[test]
fn every_protocol_refuses_in_its_own_words() {
    let refusal = Refusal::denied("arn:aws:sts::1:assumed-role/a/b", "rds:X");
    let query = Protocol::Query.refuse(Service::Rds, &refusal, "id");
    assert_eq!(query.status, 403);
    assert!(
        String::from_utf8(query.body)
            .unwrap()
            .contains("<Code>AccessDenied</Code>")
    );
    let json = Protocol::Json.refuse(Service::Ecs, &refusal, "id");
    assert_eq!(json.status, 400);
    assert!(
        String::from_utf8(json.body)
            .unwrap()
            .contains(r#""__type":"AccessDeniedException""#)
    );
    let cbor = Protocol::Cbor.refuse(Service::CloudWatch, &refusal, "id");
    assert_eq!(
        Input(&cbor::decode(&cbor.body).unwrap())
            .text("__type")
            .unwrap(),
        Some("AccessDeniedException")
    );
    assert!(
        cbor.headers
            .contains(&("x-amzn-query-error", "AccessDenied;Sender".to_owned()))
    );
}

#[test]
fn cloudwatch_is_recognised_in_all_its_protocols() {
    let headers = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let operation = "DescribeAlarms";
    let requests = [
        Request {
            path: format!("/service/GraniteServiceVersion20100801/operation/{operation}"),
            headers: headers("smithy-protocol", "rpc-v2-cbor"),
            body: Vec::new(),
        },
        Request {
            path: "/".to_owned(),
            headers: headers(
                "x-amz-target",
                "GraniteServiceVersion20100801.DescribeAlarms",
            ),
            body: b"{}".to_vec(),
        },
        Request {
            path: "/".to_owned(),
            headers: Vec::new(),
            body: b"Action=DescribeAlarms&Version=2010-08-01".to_vec(),
        },
    ];
    for (request, protocol) in
        requests
            .iter()
            .zip([Protocol::Cbor, Protocol::Json, Protocol::Query])
    {
        let envelope = recognise(request).unwrap();
        assert_eq!(
            (envelope.service, envelope.protocol),
            (Service::CloudWatch, protocol)
        );
        assert_eq!(envelope.operation, operation);
        assert!(envelope.input.is_ok());
    }
}

#[test]
fn malformed_bodies_are_refused_by_name() {
    let target = "AmazonEC2ContainerServiceV20141113.ListClusters";
    for (body, header) in [
        ("{", target),
        ("[]", target),
        ("{\"maxResults\":\"x\"}", target),
    ] {
        let request = Request {
            path: "/".to_owned(),
            headers: vec![("x-amz-target".to_owned(), header.to_owned())],
            body: body.as_bytes().to_vec(),
        };
        let refusal = ask(&request).unwrap().unwrap_err();
        assert_eq!(refusal.code, "SerializationException", "{body}");
    }
}

#[test]
fn pages_cover_everything_once() {
    let limits = paging::Limits {
        default: 10,
        smallest: 1,
        largest: 100,
        code: "X",
    };
    let (mut token, mut seen) = (None, Vec::new());
    loop {
        let page = limits.page(0..25, Some(7), token.as_deref()).unwrap();
        seen.extend(page.items);
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).collect::<Vec<_>>());
    assert_eq!(limits.page(0..25, None, None).unwrap().items.len(), 10);
    for (size, token) in [
        (Some(0), None),
        (Some(101), None),
        (Some(-1), None),
        (None, Some("x")),
    ] {
        assert_eq!(limits.page(0..25, size, token).unwrap_err().code, "X");
    }
}

/// Asks a small world, as the first account.
fn ask(request: &Request) -> Option<Result<Value, Refusal>> {
    thread_local! {
        static WORLD: Arc<World> = Arc::new(World::new(
            &Scenario::named("steady").unwrap(),
            1,
            Timestamp::from_second(1_800_000_000).unwrap(),
        ));
    }
    let envelope = recognise(request)?;
    let mut world = WORLD.with(|world| World::clone(world));
    let mut dice = fastrand::Rng::with_seed(1);
    let gateway = crate::sim::agent::Gateway::default();
    let mut context = Context {
        gateway: &gateway,
        world: &mut world,
        account_id: "123456789012",
        arn: "arn:aws:sts::123456789012:assumed-role/ops/alice",
        dice: &mut dice,
        seats: &crate::sim::live::Seats::default(),
        opened: None,
    };
    Some(perform(&envelope, &mut context))
}

/// Text as a form carries it.
fn escaped(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |form, byte| form + &format!("%{byte:02X}"))
}

/// Values of any type, some of them near to what is asked for.
fn odd_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::json!("prod")),
        Just(serde_json::json!("fl1-ffffffffffffffff")),
        Just(serde_json::json!("ffffffffffffffff-")),
        Just(serde_json::json!("/ecs/prod/orders")),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::hash_map("[A-Za-z]{1,6}", inner, 0..4).prop_map(|map| {
                serde_json::Value::from(map.into_iter().collect::<serde_json::Map<_, _>>())
            }),
        ]
    })
}

/// Requests that come near to real ones: any operation, in any protocol, with an odd input.
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
fn nearly_real() -> impl Strategy<Value = Request> {
    let operations: Vec<(Service, &str)> = Service::iter()
        .flat_map(|service| operation_names(service).map(move |name| (service, name)))
        .collect();
    let members = prop::sample::select(vec![
        "cluster",
        "services",
        "tasks",
        "maxResults",
        "nextToken",
        "resourceArn",
        "service",
        "logGroupName",
        "startTime",
        "endTime",
        "limit",
        "filterPattern",
        "MetricDataQueries",
        "StartTime",
        "EndTime",
        "NextToken",
        "MaxRecords",
        "Marker",
        "Filters",
        "AlarmNames",
        "DBParameterGroupName",
        "TargetGroupArn",
        "ServiceNamespace",
        "ResourceId",
        "MinCapacity",
    ]);
    let input = prop::collection::hash_map(members, odd_value(), 0..6);
    (prop::sample::select(operations), input, any::<bool>()).prop_map(
        |((service, operation), input, cbor)| {
            let json = serde_json::json!(input);
            let cbor = cbor && service.target_prefix().is_some();
            if let Some((version, _)) = service.query_version().filter(|_| !cbor) {
                let fields = input.iter().map(|(name, value)| {
                    format!("&{name}.member.1={}", escaped(&value.to_string()))
                });
                let fields: String = fields.collect();
                return Request {
                    path: "/".to_owned(),
                    headers: Vec::new(),
                    body: format!("Action={operation}&Version={version}{fields}").into_bytes(),
                };
            }
            let prefix = service.target_prefix().unwrap_or_default();
            let mut body = Vec::new();
            ciborium::into_writer(&json, &mut body).unwrap();
            let (path, body) = if cbor {
                (format!("/service/{prefix}/operation/{operation}"), body)
            } else {
                ("/".to_owned(), json.to_string().into_bytes())
            };
            let target = ("x-amz-target".to_owned(), format!("{prefix}.{operation}"));
            Request {
                path,
                headers: if cbor { Vec::new() } else { vec![target] },
                body,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_sent_brings_it_down(
        path in "(/service/GraniteServiceVersion20100801/operation/GetMetricData|/\\PC{0,20})",
        headers in prop::collection::vec(
            (
                prop::sample::select(vec!["x-amz-target", "authorization", "content-type"]),
                "(Logs_20140328.FilterLogEvents|AWS4 Credential=\\PC{0,20}|\\PC{0,20})",
            ),
            0..3,
        ),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let headers =
            headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let request = Request { path, headers, body };
        let _ = access_key(&request);
        let _ = ask(&request);
    }

    #[test]
    fn odd_inputs_are_answered_or_refused(request in nearly_real()) {
        let envelope = recognise(&request);
        prop_assert!(envelope.is_some());
        if let (Some(Err(refusal)), Some(envelope)) = (ask(&request), envelope) {
            prop_assert!(!refusal.code.is_empty());
            let answer = envelope.protocol.refuse(envelope.service, &refusal, "id");
            prop_assert!((400..600).contains(&answer.status));
        }
    }

    #[test]
    fn forms_of_any_text_are_read_back(text in "\\PC{0,40}") {
        let input = form(&format!("Name={}", escaped(&text)));
        prop_assert_eq!(Input(&input).text("Name").unwrap(), Some(text.as_str()));
    }

    #[test]
    fn cbor_reads_back_what_it_wrote(
        text in "\\PC{0,20}", number in any::<i64>(), float in -1e9..1e9f64, flag in any::<bool>(),
        seconds in -60_000_000_000i64..200_000_000_000,
    ) {
        let value = record! {
            "text": text, "list": vec![Value::from(number), Value::from(float)], "flag": flag,
            "time": at(seconds),
        };
        prop_assert_eq!(cbor::decode(&cbor::encode(&value)).unwrap(), value);
    }
}
