"use strict";

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  // Its links stand within buttons, where no keyboard finds them.
  deepLinking: false,
  docExpansion: "list",
  // Nothing leaves this server.
  validatorUrl: "none",
  // It leaves this field without a name.
  onComplete: () => document.getElementById("servers")?.setAttribute("aria-label", "Server"),
});
