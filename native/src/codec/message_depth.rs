//! Limits how deep a message of a logical plan is, before the engine decodes it.
//!
//! The protobuf library accepts a hundred messages inside one another. But the engine makes a tree as deep as it is
//! long of one message with many operands, and a part is a message of its own. To clone or drop such a tree overflows
//! the stack.

use super::{part, plan_part};
use crate::error::{Code, Error, Result};
use crate::plan::depth::check_written;
use datafusion_proto::protobuf::{LogicalExprNode, LogicalPlanNode};
use prost::encoding::{decode_key, decode_varint, WireType};
use prost::Message;

/// The field of `LogicalExprNode` with an operator and its operands, and the fields of that message.
const BINARY_EXPR: u32 = 4;
const OPERAND: u32 = 1;
const OPERATOR: u32 = 3;

/// How many parts can be inside one another. A plan of 500 levels with an expression of 500 levels has 80.
const PARTS: usize = 100;

/// Checks a message that any client may have made. One that cannot be decoded is left to the engine.
pub fn check_depth(plan: &[u8]) -> Result<()> {
    let mut open = Vec::from_iter(canonical::<LogicalPlanNode>(plan).map(|message| (message, 0, 0)));
    while let Some((message, levels, parts)) = open.pop() {
        if parts > PARTS {
            let text = format!("The message of the query has more than {PARTS} parts inside one another.");
            return Err(Error::new(Code::Plan, text));
        }
        for (part, levels) in parts_of(&message, levels)? {
            open.push((part, levels, parts + 1));
        }
    }
    Ok(())
}

/// The message with each field once: a decoder puts together what a sender has cut in pieces.
fn canonical<M: Message + Default>(message: &[u8]) -> Option<Vec<u8>> {
    Some(M::decode(message).ok()?.encode_to_vec())
}

/// The parts in a message, and the operations around each. The types of most fields do not matter: bytes that happen
/// to look like messages are followed, too.
fn parts_of(message: &[u8], levels: usize) -> Result<Vec<(Vec<u8>, usize)>> {
    let mut parts = Vec::new();
    let mut open = vec![(message, levels)];
    while let Some((bytes, levels)) = open.pop() {
        if let Some(message) = plan_part::message(bytes) {
            parts.extend(canonical::<LogicalPlanNode>(message).map(|part| (part, levels)));
            continue;
        }
        if let Some(message) = part::message(bytes) {
            parts.extend(canonical::<LogicalExprNode>(&message).map(|part| (part, levels)));
            continue;
        }
        let Some(fields) = fields(bytes) else { continue };
        match operands(&fields) {
            None => open.extend(fields.into_iter().map(|(_, content)| (content, levels))),
            Some(operands) => {
                check_written(levels + operands.len())?;
                let levels_above = |index: usize| levels + operands.len() - index.max(1);
                open.extend(
                    operands
                        .iter()
                        .enumerate()
                        .map(|(index, operand)| (*operand, levels_above(index))),
                );
            }
        }
    }
    Ok(parts)
}

/// The operands of an expression with a binary operator, the innermost two first. `None` for other messages.
fn operands<'a>(fields: &[(u32, &'a [u8])]) -> Option<Vec<&'a [u8]>> {
    let [(BINARY_EXPR, binary)] = fields else {
        return None;
    };
    let mut fields = self::fields(binary)?;
    let (OPERATOR, _) = fields.pop()? else {
        return None;
    };
    let all = !fields.is_empty() && fields.iter().all(|(tag, _)| *tag == OPERAND);
    all.then(|| fields.into_iter().map(|(_, operand)| operand).collect())
}

/// The fields that may hold messages. `None` if the bytes are not a message.
fn fields(mut bytes: &[u8]) -> Option<Vec<(u32, &[u8])>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let (tag, kind) = decode_key(&mut bytes).ok()?;
        let length = match kind {
            WireType::Varint => decode_varint(&mut bytes).map(|_| 0).ok()?,
            WireType::ThirtyTwoBit => 4,
            WireType::SixtyFourBit => 8,
            WireType::LengthDelimited => usize::try_from(decode_varint(&mut bytes).ok()?).ok()?,
            WireType::StartGroup | WireType::EndGroup => return None,
        };
        let (content, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        if kind == WireType::LengthDelimited {
            fields.push((tag, content));
        }
    }
    Some(fields)
}
