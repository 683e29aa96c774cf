//! A worker pool and its threads, as JavaScript sees them.

use super::batch::Output;
use super::event::{Call, Event, Worker};
use super::pool::Pool;
use super::pool_state::Host;
use super::shared_memory::SharedMemory;
use crate::arrow::{built, schema_to_ipc};
use crate::error::guard;
use crate::udf::code::read;
use crate::udf::log::tell;
use datafusion::arrow::datatypes::{Field, Schema};
use napi::bindgen_prelude::{Buffer, Function, Uint8Array};
use napi_derive::napi;
use std::collections::HashSet;
use std::sync::Arc;

/// A worker pool, for the thread that starts its workers.
#[napi]
pub struct NativeUdfPool {
    pool: Arc<Pool>,
}

#[napi]
impl NativeUdfPool {
    #[napi(constructor)]
    pub fn new(size: u32, start: Function<u32, ()>, end: Function<u32, ()>) -> napi::Result<Self> {
        let host = Host {
            start: start.build_threadsafe_function().weak::<true>().build()?,
            end: end.build_threadsafe_function().weak::<true>().build()?,
        };
        let pool = Pool::open(size as usize, host);
        Ok(Self { pool })
    }

    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.pool.id
    }

    #[napi]
    pub fn lost(&self, worker: u32, reason: String) {
        self.pool.lost(worker, reason);
    }

    #[napi]
    pub fn close(&self) {
        self.pool.close();
    }
}

/// A worker of a pool, for its own thread.
#[napi]
pub struct NativeUdfWorker {
    pool: Arc<Pool>,
    memory: Arc<SharedMemory>,
}

#[napi]
impl NativeUdfWorker {
    /// `run` must report the result of a call with one of the methods below.
    #[napi(constructor)]
    pub fn new(
        pool: u32,
        id: u32,
        #[napi(
            ts_arg_type = "(call: number, functionHash: string, task: string, rows: number, block: Uint8Array | null, log: string | null) => void"
        )]
        run: Function<Call, ()>,
    ) -> napi::Result<Self> {
        let pool = Pool::find(pool)?;
        let run = run.build_threadsafe_function().build()?;
        let memory = SharedMemory::new();
        let worker = Worker {
            id,
            run,
            memory: memory.clone(),
            loaded: HashSet::new(),
        };
        pool.release(worker);
        Ok(Self { pool, memory })
    }

    /// The shared memory with the input of a call, unless the input is too large.
    #[napi]
    pub fn room(&self) -> Uint8Array {
        self.memory.view()
    }

    /// The definition of the called function, as JSON.
    #[napi]
    pub fn definition(&self, call: u32) -> napi::Result<String> {
        Ok(self.pool.definition(call)?.without_code(None).json()?)
    }

    /// The code of the called function, the origin of the code, and the values that it uses. Each may be empty.
    #[napi]
    pub async fn module(&self, call: u32) -> napi::Result<Vec<Buffer>> {
        let definition = self.pool.definition(call)?;
        let source = self.pool.source.lock().clone();
        let files = guard(async move { read(&definition, source.as_deref()).await }).await?;
        Ok(files.into_iter().map(|file| Vec::from(file).into()).collect())
    }

    /// The types of the arguments and of the result, as an IPC stream that holds only a schema.
    #[napi]
    pub fn types(&self, call: u32) -> napi::Result<Buffer> {
        let definition = self.pool.definition(call)?;
        let mut types = definition.arg_types()?;
        types.push(built(&definition.return_type()?));
        let fields = types.into_iter().map(|kind| Field::new("", kind, true));
        Ok(schema_to_ipc(&Schema::new(fields.collect::<Vec<_>>()))?.into())
    }

    /// Passes on a line of console output, as JSON.
    #[napi]
    pub fn log(&self, session: String, line: String) {
        if !tell(&session, &line) {
            if let Some(sender) = &*self.pool.log.lock() {
                let _ = sender.try_send((session, line));
            }
        }
    }

    /// Returns the values in the engine's layout. A bitmap marks the values that are not null.
    #[napi]
    pub fn values(&self, call: u32, values: &[u8], validity: Option<&[u8]>, text: Option<&[u8]>) {
        let output = Output::Values {
            values: values.to_vec(),
            validity: validity.map(<[u8]>::to_vec),
            text: text.map(<[u8]>::to_vec),
        };
        self.pool.end(call, Event::Done(output));
    }

    /// Returns the values as an IPC stream of one column.
    #[napi]
    pub fn column(&self, call: u32, stream: &[u8]) {
        self.pool.end(call, Event::Done(Output::Stream(stream.to_vec())));
    }

    /// Reports that the function is loaded. Its time limit starts now.
    #[napi]
    pub fn ready(&self, call: u32) {
        self.pool.tell(call, Event::Ready);
    }

    /// Returns some of the values, as an IPC stream of one column. More values follow.
    #[napi]
    pub fn part(&self, call: u32, stream: &[u8]) {
        self.pool.tell(call, Event::Part(Output::Stream(stream.to_vec())));
    }

    /// Reports what the function threw, as JSON, and whether part of the call still runs.
    #[napi]
    pub fn failed(&self, call: u32, report: String, goes_on: bool) {
        self.pool.end(call, Event::Threw { report, goes_on });
    }
}
