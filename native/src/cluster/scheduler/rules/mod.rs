//! The rules for physical plans that are cut into stages, with corrections.

mod explicit_orders;
mod held;
mod hold;
mod join_modes;
mod memory_limits;
mod size;
mod whole_inputs;

use crate::plan::rules::rule::Rule;
use crate::plan::rules::RULES;
use explicit_orders::ExplicitOrders;
use hold::Hold;
use join_modes::JoinModes;
use memory_limits::MemoryLimits;
use std::sync::Arc;
use whole_inputs::WholeInputs;

/// `slot_memory` is the memory of one slot in bytes, if the executors report it.
pub fn for_stages(slot_memory: Option<usize>) -> Vec<Rule> {
    let mut all: Vec<Rule> = Vec::with_capacity(RULES.len() + 5);
    for rule in RULES.iter().cloned() {
        match rule.name() {
            "join_selection" => all.extend([rule, Arc::new(JoinModes { slot_memory }) as _]),
            "EnsureRequirements" => all.extend([Arc::new(WholeInputs) as _, rule]),
            "missing_sorts" => all.push(Arc::new(ExplicitOrders)),
            "staged_files" => all.extend([Arc::new(MemoryLimits) as _, rule, Arc::new(Hold) as _]),
            // Executors apply it: messages of scans need the engine's sources.
            "checked_scans" => {}
            _ => all.push(rule),
        }
    }
    all
}
