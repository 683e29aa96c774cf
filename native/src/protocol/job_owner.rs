//! The owner of a job, which a scheduler sends to executors of this package with the job's tasks. It travels with the
//! settings of a task, because the message has no field for it. Clients cannot set it.

use ballista_core::serde::protobuf::KeyValuePair;
use std::sync::Arc;

const KEY: &str = "cluster.owner";

pub fn put(settings: &mut Vec<KeyValuePair>, owner: &str) {
    take(settings);
    if !owner.is_empty() {
        settings.push(KeyValuePair {
            key: KEY.to_owned(),
            value: Some(owner.to_owned()),
        });
    }
}

/// Removes the owner from the settings. Empty for jobs of callers without a name, and of stock schedulers.
pub fn take(settings: &mut Vec<KeyValuePair>) -> Arc<str> {
    let found = settings.extract_if(.., |setting| setting.key == KEY).last();
    found.and_then(|setting| setting.value).unwrap_or_default().into()
}
