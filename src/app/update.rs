//! The one function that changes the model. It only routes.

use super::effect::Effect;
use super::model::Model;
use super::msg::Msg;

/// Takes in one message; what comes back is to be done.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let _ = (model, msg);
    Vec::new()
}
