//! The description, read as a program reads it.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::request::{Reply, Request};

const METHODS: [&str; 3] = ["get", "post", "delete"];

pub(super) struct Document(Value);

/// An answer that the description shows, and the request that it belongs to.
pub(super) struct Example {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) status: String,
    pub(super) media: String,
    pub(super) value: Value,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Value,
    response: Value,
}

impl Document {
    pub(super) fn of(server: SocketAddr) -> Self {
        Self(Request::new("GET", "/openapi.json").send(server).value())
    }

    /// What a reference stands for.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("a reference within the document");
                self.0.pointer(pointer).unwrap_or_else(|| panic!("{reference} is not there"))
            }
            None => value,
        }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0["paths"].as_object().expect("paths").keys().map(String::as_str)
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = (&'static str, &str, &Value)> {
        self.0["paths"].as_object().expect("paths").iter().flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| Some((method, path.as_str(), item.get(method)?)))
        })
    }

    /// The path with something in the place of its parameters.
    pub(super) fn any(&self, path: &str) -> String {
        assert!(self.0["paths"].get(path).is_some());
        path.split('/')
            .map(|segment| if segment.starts_with('{') { "1" } else { segment })
            .collect::<Vec<_>>()
            .join("/")
    }

    pub(super) fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        for (method, path, operation) in self.operations() {
            let shared = self.0["paths"][path]["parameters"].as_array().into_iter().flatten();
            let own = operation["parameters"].as_array().into_iter().flatten();
            let parameters: Vec<_> =
                shared.chain(own).map(|parameter| self.resolved(parameter).clone()).collect();
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let response = self.resolved(response);
                let contents = response["content"].as_object().into_iter().flatten();
                for (media, content) in contents {
                    let shown = content["examples"].as_object().into_iter().flatten();
                    examples.extend(shown.map(|(name, example)| Example {
                        name: name.clone(),
                        method: method.to_uppercase(),
                        path: path.to_owned(),
                        status: status.clone(),
                        media: media.clone(),
                        value: example["value"].clone(),
                        parameters: parameters.clone(),
                        body: operation["requestBody"]["content"].clone(),
                        response: response.clone(),
                    }));
                }
            }
        }
        // An example of a shared answer belongs to the operations that have a request of its name.
        examples.retain(Example::has_request);
        examples
    }

    /// What the answer has that its description does not allow.
    pub(super) fn violations(&self, example: &Example, reply: &Reply) -> Vec<String> {
        let schema = &example.response["content"][&example.media]["schema"];
        let mut found = match &*example.media {
            "application/x-ndjson" => {
                let line_schema = json!({"$ref": "#/components/schemas/CheckLine"});
                reply
                    .body
                    .lines()
                    .flat_map(|line| self.errors(&line_schema, &super::value("application/json", line)))
                    .collect()
            }
            _ => self.errors(schema, &reply.value()),
        };
        for (name, header) in example.response["headers"].as_object().into_iter().flatten() {
            let header = self.resolved(header);
            match reply.header(name) {
                Some(text) => {
                    let is_number = header["schema"]["type"] == "integer";
                    let value =
                        if is_number { text.parse::<i64>().map(Value::from) } else { Ok(text.into()) };
                    let value = value.unwrap_or_else(|_| text.into());
                    let errors = self.errors(&header["schema"], &value);
                    found.extend(errors.into_iter().map(|error| format!("{name}: {error}")));
                }
                None if header["required"] == true => found.push(format!("{name} is missing")),
                None => {}
            }
        }
        found
    }

    fn errors(&self, schema: &Value, value: &Value) -> Vec<String> {
        let schema = json!({"allOf": [schema], "components": self.0["components"]});
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .expect("a schema");
        validator.iter_errors(value).map(|error| error.to_string()).collect()
    }
}

impl Example {
    fn has_request(&self) -> bool {
        let bodies = self.body.as_object().into_iter().flatten().map(|(_, content)| content);
        self.parameters.iter().chain(bodies).any(|part| part["examples"].get(&self.name).is_some())
    }
}
