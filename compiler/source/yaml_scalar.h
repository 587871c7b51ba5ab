// SPDX-License-Identifier: Apache-2.0
// Where each byte of a YAML scalar stands in the file. The YAML library tells only where a scalar begins;
// this retraces how the scalar was written (plain, quoted, `|`, `>`), so that a mistake in the middle of a
// folded condition can be shown at its own line and column.
//
// What the library read is always right: where retracing does not arrive at the same text, every byte is
// placed at the beginning of the scalar.
#pragma once

#include "compiler/source/source.h"

namespace stoop {

// `offset` is where the scalar's node begins in `file` (anchor and tag included), `value` what the library
// read there.
MappedText map_yaml_scalar(const SourceFile& source, uint32_t file, uint32_t offset,
                           const std::string& value);

}  // namespace stoop
