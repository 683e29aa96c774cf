//! Sends short messages (actions) to the Flight service of a scheduler.

use super::transport::Transport;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::Action;
use tonic::codegen::Bytes;
use tonic::Status;

/// Sends an action of type `kind`, and returns the answer.
pub async fn act(
    client: &mut FlightServiceClient<Transport>,
    kind: &str,
    body: &str,
) -> Result<Bytes, Status> {
    let action = Action::new(kind, Bytes::from(body.to_owned()));
    let answer = client.do_action(action).await?.into_inner().message().await?;
    Ok(answer.unwrap_or_default().body)
}
