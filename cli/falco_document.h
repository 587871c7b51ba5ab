// The document that `falco -V … -o json_output=true` prints (spec: rules-files.md §11, rule-file-findings.md
// §2). Without `schema_valid` and `schema_warnings`: Falco's check of the file's shape is not repeated here.
#pragma once

#include <string>

#include "compiler/compiler.h"

namespace stoop::cli {

std::string falco_document(const Compilation& compilation, const Schemas& schemas);

}  // namespace stoop::cli
