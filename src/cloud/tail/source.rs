//! Where a task definition's lines go (aws.md 7.1). Pure.

use std::collections::HashMap;

use aws_sdk_ecs::types as aws;

use crate::estate::id::{LogGroup, Region};
use crate::estate::log::LogSource;
use crate::estate::text::Text;

/// A place to read lines from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::cloud) struct Source {
    pub(super) place: LogSource,
    /// `awslogs-region`, which may differ from the service's.
    pub(super) region: Option<Region>,
    /// `FireLens` wraps every line in JSON, under the key `log`.
    pub(super) wrapped: bool,
}

impl Source {
    /// Every stream of a group.
    pub(super) fn of_group(group: LogGroup) -> Self {
        let stream_prefix = Text::default();
        Self {
            place: LogSource::CloudWatch {
                group,
                stream_prefix,
            },
            region: None,
            wrapped: false,
        }
    }
}

/// The places of all containers; one that has no log configuration has none.
pub(in crate::cloud) fn sources(definition: &aws::TaskDefinition) -> Vec<Source> {
    let containers = definition.container_definitions().iter();
    containers.filter_map(source).collect()
}

fn source(container: &aws::ContainerDefinition) -> Option<Source> {
    let configuration = container.log_configuration()?;
    let name = container.name().unwrap_or_default();
    let nothing = HashMap::new();
    let options = configuration.options().unwrap_or(&nothing);
    let option = |key: &str| options.get(key).map(String::as_str);
    let driver = configuration.log_driver().as_str();
    let found = match driver {
        "awslogs" => option("awslogs-group").map(|group| Source {
            place: LogSource::CloudWatch {
                group: group.into(),
                // Without a prefix (EC2 only) a stream is named after the container's id.
                stream_prefix: option("awslogs-stream-prefix")
                    .map(|prefix| format!("{prefix}/{name}/").into())
                    .unwrap_or_default(),
            },
            region: option("awslogs-region").map(Region::new),
            wrapped: false,
        }),
        "awsfirelens" if matches!(option("Name"), Some("cloudwatch_logs" | "cloudwatch")) => {
            option("log_group_name").map(|group| Source {
                place: LogSource::CloudWatch {
                    group: group.into(),
                    stream_prefix: format!(
                        "{}{name}-firelens-",
                        option("log_stream_prefix").unwrap_or_default()
                    )
                    .into(),
                },
                region: option("region").map(Region::new),
                wrapped: true,
            })
        }
        _ => None,
    };
    Some(found.unwrap_or_else(|| Source {
        place: LogSource::Elsewhere {
            container: name.into(),
            driver: elsewhere(driver, option("Name")),
        },
        region: None,
        wrapped: false,
    }))
}

/// The driver as people know it: `FireLens` is only the way to somebody else.
fn elsewhere(driver: &str, output: Option<&str>) -> Text {
    match output {
        Some(output) if driver == "awsfirelens" => format!("{driver} ({output})").into(),
        _ => driver.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(name: &str, driver: &str, options: &[(&str, &str)]) -> aws::ContainerDefinition {
        let mut configuration = aws::LogConfiguration::builder().log_driver(driver.into());
        for &(key, value) in options {
            configuration = configuration.options(key, value);
        }
        let configuration = configuration.build().unwrap();
        aws::ContainerDefinition::builder()
            .name(name)
            .log_configuration(configuration)
            .build()
    }

    #[test]
    fn every_driver_says_where_its_lines_are() {
        let awslogs = [
            ("awslogs-group", "/ecs/web"),
            ("awslogs-region", "eu-west-1"),
            ("awslogs-stream-prefix", "ecs"),
        ];
        let firelens = [
            ("Name", "cloudwatch_logs"),
            ("log_group_name", "/fire"),
            ("log_stream_prefix", "p-"),
        ];
        let definition = aws::TaskDefinition::builder()
            .container_definitions(container("app", "awslogs", &awslogs))
            .container_definitions(container("old", "awslogs", &awslogs[..1]))
            .container_definitions(container("wrapped", "awsfirelens", &firelens))
            .container_definitions(container("dog", "awsfirelens", &[("Name", "datadog")]))
            .container_definitions(container("own", "splunk", &[]))
            .container_definitions(aws::ContainerDefinition::builder().name("mute").build())
            .build();
        let found = sources(&definition);
        let places: Vec<String> = found
            .iter()
            .map(|one| match &one.place {
                LogSource::CloudWatch {
                    group,
                    stream_prefix,
                } => format!("{group} {stream_prefix} {}", one.wrapped),
                LogSource::Elsewhere { container, driver } => format!("{container} in {driver}"),
            })
            .collect();
        assert_eq!(
            places,
            [
                "/ecs/web ecs/app/ false",
                "/ecs/web  false",
                "/fire p-wrapped-firelens- true",
                "dog in awsfirelens (datadog)",
                "own in splunk",
            ]
        );
        assert_eq!(found[0].region, Some("eu-west-1".into()));
    }
}
