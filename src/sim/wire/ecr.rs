//! ECR: where a tag points to now.

use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[("DescribeImages", describe)];

const INVALID: &str = "InvalidParameterException";

fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let repository = input.required_text("repositoryName", INVALID)?;
    let place = format!("/{repository}:");
    let images: Vec<_> = account
        .task_definitions
        .iter()
        .map(|definition| &definition.container)
        .filter_map(|one| Some((one.image.split_once(&place)?.1, one)))
        .collect();
    if images.is_empty() {
        let message = format!(
            "The repository with name '{repository}' does not exist in the registry with id '{}'",
            account.id
        );
        return Err(Refusal::sender("RepositoryNotFoundException", message));
    }
    let mut details = Vec::new();
    for id in input.list("imageIds")? {
        let wanted = id.required_text("imageTag", INVALID)?;
        // The newest revision with that tag is the one that was pushed last.
        let found = images
            .iter()
            .rev()
            .find(|(tag, one)| *tag == wanted && !one.digest.is_empty());
        let Some((_, one)) = found else {
            let message = format!(
                "The image with imageId {{imageDigest:'null', imageTag:'{wanted}'}} does not \
                 exist within the repository with name '{repository}' in the registry with id '{}'",
                account.id
            );
            return Err(Refusal::sender("ImageNotFoundException", message));
        };
        details.push(record! {
            "registryId": &account.id,
            "repositoryName": repository,
            "imageDigest": &one.digest,
            "imageTags": vec![Value::from(wanted)],
            "imageSizeInBytes": 84_213_765,
            "imagePushedAt": one.pushed_at,
            "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactMediaType": "application/vnd.oci.image.config.v1+json",
        });
    }
    Ok(record! { "imageDetails": details })
}
