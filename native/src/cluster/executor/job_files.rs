//! The files of jobs in the work folder of an executor: a folder for each job, with one for each stage.

use crate::files::folder;
use ballista_core::JobId;
use std::path::Path;

/// No stages: the whole job.
pub fn remove(jobs: &str, job: &str, stages: &[u32]) {
    let job = Path::new(jobs).join(job);
    match stages {
        [] => folder::remove(&job),
        stages => stages
            .iter()
            .for_each(|stage| folder::remove(&job.join(stage.to_string()))),
    }
}

/// All jobs that have files.
pub fn jobs(jobs: &str) -> Vec<JobId> {
    let folders = std::fs::read_dir(jobs).into_iter().flatten().flatten();
    let names = folders.filter_map(|folder| folder.file_name().into_string().ok());
    names.map(JobId::from).collect()
}
