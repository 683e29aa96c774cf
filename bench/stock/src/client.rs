//! Stock Ballista's client in Rust, for a cluster of any kind.
//!
//! Reads requests `{"sql"}` from standard input, one JSON object a line, and answers each with `{"rows"}`, the rows as a list of
//! lists of texts, or `{"error"}`.

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use serde_json::{json, Value};
use tokio::io::{stdin, AsyncBufReadExt, BufReader};

pub async fn run(url: &str, partitions: usize) -> Result<()> {
    let context = connect(url, partitions).await?;
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let request: Value = serde_json::from_str(&line).expect("a JSON request");
        let answer = match rows(&context, request["sql"].as_str().expect("SQL")).await {
            Ok(rows) => json!({ "rows": rows }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        println!("{answer}");
    }
    Ok(())
}

/// A session with the client's own defaults.
pub async fn connect(url: &str, partitions: usize) -> Result<SessionContext> {
    let config = SessionConfig::new_with_ballista().with_target_partitions(partitions);
    let state = SessionStateBuilder::new_with_default_features().with_config(config);
    SessionContext::remote_with_state(url, state.build()).await
}

async fn rows(context: &SessionContext, sql: &str) -> Result<Vec<Vec<String>>> {
    let batches = context.sql(sql).await?.collect().await?;
    let mut rows = vec![];
    let options = FormatOptions::default().with_null("null");
    for batch in &batches {
        let columns = batch.columns().iter();
        let columns: Vec<_> = columns
            .map(|column| ArrayFormatter::try_new(column, &options))
            .collect::<std::result::Result<_, _>>()?;
        rows.extend((0..batch.num_rows()).map(|row| {
            let texts = columns.iter().map(|column| column.value(row).to_string());
            texts.collect()
        }));
    }
    Ok(rows)
}
