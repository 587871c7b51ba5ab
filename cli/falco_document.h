// SPDX-License-Identifier: Apache-2.0
// The document that `falco -V … -o json_output=true` prints (spec: rules-files.md §11, §12,
// rule-file-findings.md §2).
#pragma once

#include <string>

#include "compiler/compiler.h"

namespace stoop::cli {

std::string falco_document(const Compilation& compilation, const Schemas& schemas);

}  // namespace stoop::cli
