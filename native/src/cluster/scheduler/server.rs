//! Ballista's scheduler, for the plans of DataFusion.

use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};

pub type Server = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;
