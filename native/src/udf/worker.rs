//! A pool and its threads, as JavaScript holds them.

use super::batch::Output;
use super::pool::{Call, Host, Pool, Worker};
use crate::arrow::schema_to_ipc;
use datafusion::arrow::datatypes::{Field, Schema};
use napi::bindgen_prelude::{Buffer, Function};
use napi_derive::napi;
use std::sync::Arc;

/// A pool, as the thread holds it that makes its threads.
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

/// A thread of a pool, as it sees itself.
#[napi]
pub struct NativeUdfWorker {
    pool: Arc<Pool>,
}

#[napi]
impl NativeUdfWorker {
    /// `run` answers with one of the methods below.
    #[napi(constructor)]
    pub fn new(
        pool: u32,
        id: u32,
        #[napi(
            ts_arg_type = "(call: number, functionId: number, task: string, rows: number, block: Uint8Array) => void"
        )]
        run: Function<Call, ()>,
    ) -> napi::Result<Self> {
        let pool = Pool::find(pool)?;
        let run = run.build_threadsafe_function().build()?;
        pool.release(Worker { id, run });
        Ok(Self { pool })
    }

    /// A function by its number: its definition as JSON.
    #[napi]
    pub fn definition(&self, id: u32) -> napi::Result<String> {
        Ok(self.pool.definition(id)?.json()?)
    }

    /// The types of its arguments and of its result, as an IPC stream that holds only a schema.
    #[napi]
    pub fn types(&self, id: u32) -> napi::Result<Buffer> {
        let definition = self.pool.definition(id)?;
        let mut types = definition.arg_types()?;
        types.push(definition.return_type()?);
        let fields = types.into_iter().map(|kind| Field::new("", kind, true));
        Ok(schema_to_ipc(&Schema::new(fields.collect::<Vec<_>>()))?.into())
    }

    /// The values as the engine lays them out, and where a bitmap says which are there.
    #[napi]
    pub fn values(&self, call: u32, values: &[u8], validity: Option<&[u8]>, text: Option<&[u8]>) {
        let output = Output::Values {
            values: values.to_vec(),
            validity: validity.map(<[u8]>::to_vec),
            text: text.map(<[u8]>::to_vec),
        };
        self.pool.done(call, Ok(output));
    }

    /// The values as an IPC stream of one column.
    #[napi]
    pub fn column(&self, call: u32, stream: &[u8]) {
        self.pool.done(call, Ok(Output::Stream(stream.to_vec())));
    }

    /// What was thrown, as JSON.
    #[napi]
    pub fn failed(&self, call: u32, error: String) {
        self.pool.done(call, Err(error));
    }
}
