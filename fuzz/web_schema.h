// SPDX-License-Identifier: Apache-2.0
// A source whose fields are read by JSON pointer out of its own documents.
#pragma once

namespace stoop::fuzz {

constexpr const char* kWeb = R"({"source": "web", "fields": [
  {"name": "web.user", "type": "CHARBUF", "pointer": "/user"},
  {"name": "web.status", "type": "UINT64", "pointer": "/response/0/code"},
  {"name": "web.tags", "type": "CHARBUF", "list": true, "pointer": "/tags"},
  {"name": "web.from", "type": "IPADDR", "pointer": "/from"}]})";

}  // namespace stoop::fuzz
