//! The classes that JavaScript uses: session, DataFrames, statements, plans, results and catalogs.

mod native_catalog;
mod native_dataframe;
mod native_execution_plan;
mod native_plan;
mod native_prepared;
mod native_progress;
mod native_session;
mod native_session_frames;
mod native_session_registry;
mod native_session_reports;
mod native_stream;
