//! A text that becomes the first item of a list: it keeps its bytes and the comments beside it.

use super::block_insert::{refuse_open_scalar, refuse_question_mark};
use super::document::Document;
use super::edit::New;
use super::error::Refusal;
use super::extent::{line_after, lines_at};
use super::indicators::skip_spaces;
use super::likes::Likes;
use super::locate::{Found, Tagged, check_step, refuse_bound, refuse_tagged};
use super::node::{Kind, NodeId};
use super::render::item_lines;
use super::render_flow::flow;
use super::splice::Splice;
use super::style::Style;
use super::text::{eol_near, indent_of, line_start};
use granit_parser::ScalarStyle;

/// Makes a list of the text at a path and of `item`.
pub(crate) fn into_list(
    document: &Document<'_>,
    style: &Style<'_>,
    found: &Found,
    item: &New,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (text, id) = (document.text, found.target.node);
    let node = document.node(id);
    check_step(document, id)?;
    refuse_tagged(document, id)?;
    let (Some(key), Kind::Scalar { .. }, true) = (found.target.key, &node.kind, node.start < node.end) else {
        return Err(odd(document, id));
    };
    if found.target.in_flow {
        refuse_bound(document, id, Tagged::Any)?;
        out.push(Splice::insert(node.start, "[".to_owned()));
        out.push(Splice::insert(node.end, format!("{}{}]", style.comma(), flow(item, &Likes::default(), style, ""))));
        return Ok(());
    }
    refuse_question_mark(document, key)?;
    refuse_open_scalar(document, id)?;
    let column = document.column(document.node(key).start)?;
    let sequence = style.sequence(document.scalar(key).unwrap_or_default(), column);
    let colon = skip_spaces(text, document.node(key).end);
    let start = skip_spaces(text, colon + 1);
    let is_block = matches!(node.kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
    let dash = if start == node.start || text[start..].starts_with(if is_block { &['|', '>', '&'][..] } else { &['&'] })
    {
        let dash = Some(column + sequence.offset).filter(|dash| is_deeper(&text[start..node.end], *dash, is_block));
        let dash = dash.unwrap_or(column);
        let head = format!("{}{}-{}", eol_near(text, start), " ".repeat(dash), sequence.gap);
        out.push(Splice { at: colon + 1, remove: start - colon - 1, insert: head });
        dash
    } else {
        // On a line of its own: there it stays.
        let is_alone = text[line_start(text, node.start)..node.start].trim().is_empty();
        if is_block || !is_alone || text[node.start..node.end].contains('\n') {
            return Err(odd(document, id));
        }
        out.push(Splice::insert(node.start, format!("-{}", sequence.gap)));
        document.column(node.start)?
    };
    let lines = item_lines(dash, &sequence.gap, item, &Likes::default(), style);
    out.push(lines_at(document, line_after(document, id, dash), &lines));
    Ok(())
}

/// Whether the lines of a value, but for the first, stay those of an item whose dash is at this column.
fn is_deeper(value: &str, dash: usize, is_block: bool) -> bool {
    let mut lines = value.lines();
    let first = lines.next().unwrap_or_default();
    // `|2` counts from the column of what holds it.
    let header = first.split([' ', '\t']).find(|word| word.starts_with(['|', '>']));
    let counts = is_block && header.is_some_and(|word| word.contains(|c: char| c.is_ascii_digit()));
    !counts && lines.filter(|line| !line.trim().is_empty()).all(|line| indent_of(line) > dash)
}

fn odd(document: &Document<'_>, id: NodeId) -> Refusal {
    document.refuse_node(
        id,
        "this text cannot become the first item of a list as it is written",
        "write it as an item of a list (`- \"ssh-...\"`) below its key, then run this again",
    )
}
