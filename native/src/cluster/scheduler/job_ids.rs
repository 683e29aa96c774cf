//! The ids of new jobs. The engine asks for one first, so a job has an owner and a lease from its first moment.

use super::leases::{Leases, Sign};
use super::owners::Owners;
use crate::network::principal::Principal;
use async_trait::async_trait;
use ballista_scheduler::scheduler_server::JobIdGenerator;
use parking_lot::Mutex;
use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static CALL: Arc<Call>;
}

/// A request that the engine handles, with what its interface has no parameter for.
struct Call {
    principal: Principal,
    /// The session, and how its client will show that it wants the job. `None`: the request makes no job.
    submits: Option<(String, Sign)>,
    /// The id of the new job. Locked to set and take it.
    job: Mutex<Option<String>>,
}

/// Runs work of the engine that needs to know the caller.
pub async fn called_by<T>(principal: Principal, work: impl Future<Output = T>) -> T {
    submitted_by(principal, None, work).await.0
}

/// The same for a query. Returns the id of its job, too.
pub async fn submitted_by<T>(
    principal: Principal,
    submits: Option<(String, Sign)>,
    work: impl Future<Output = T>,
) -> (T, Option<String>) {
    let call = Arc::new(Call {
        principal,
        submits,
        job: Mutex::default(),
    });
    let done = CALL.scope(call.clone(), work).await;
    let job = call.job.lock().take();
    (done, job)
}

pub fn caller() -> Principal {
    CALL.try_with(|call| call.principal.clone())
        .unwrap_or_else(|_| Principal::nobody())
}

pub struct JobIds {
    pub owners: Arc<Owners>,
    pub leases: Arc<Leases>,
}

#[async_trait]
impl JobIdGenerator for JobIds {
    async fn next_id(&self) -> String {
        let id = uuid::Uuid::new_v4().to_string();
        let submits = CALL.try_with(|call| {
            *call.job.lock() = Some(id.clone());
            call.submits.clone()
        });
        let submits = submits.ok().flatten();
        let session = submits.as_ref().map_or("", |(session, _)| session.as_str());
        self.owners.own(&id, &caller(), session);
        if let Some((session, sign)) = &submits {
            self.leases.begin(session, &id, *sign);
        }
        id
    }
}
