//! Bodies of the operator's API in the OpenAPI document.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{Components, OpenApi as Document, RefOr, Schema};

/// Says of every body that is sent that it has no other members, which would be refused.
pub(super) fn close_bodies(document: &mut Document) {
    let Document { paths, components, .. } = document;
    let Some(Components { schemas, .. }) = components else { return };
    let operations = paths.paths.values().flat_map(|path| [&path.put, &path.post]);
    for Operation { request_body, .. } in operations.flatten() {
        let Some(RefOr::T(body)) = request_body else { continue };
        for content in body.content.values() {
            if let RefOr::T(content) = content
                && let Some(RefOr::Ref(named)) = &content.schema
                && let Some(name) = named.ref_location.rsplit('/').next()
                && let Some(schema) = schemas.get_mut(name)
            {
                close(schema);
            }
        }
    }
}

/// A schema of one kind of body, or of several.
fn close(schema: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(body)) = schema {
        body.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    } else if let RefOr::T(Schema::OneOf(kinds)) = schema {
        kinds.items.iter_mut().for_each(close);
    }
}
