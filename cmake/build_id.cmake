# SPDX-License-Identifier: Apache-2.0
# Writes a header with what a program and its module must have in common, and what decides which native code is made:
# a digest of the headers that both are built from, of the sources that prepare a program and run beside its code, and of the
# compiler, if it is another one than the header says:
#   cmake -DSOURCE=FOLDER -DCOMPILER=TEXT -DOUTPUT=FILE -P build_id.cmake
file(GLOB_RECURSE sources ${SOURCE}/runtime/*.h ${SOURCE}/runtime/*.def ${SOURCE}/runtime/engine/*.cpp
    ${SOURCE}/runtime/search/*.cpp ${SOURCE}/compiler/codegen/module.h)
list(SORT sources)
set(all "${COMPILER}")
foreach(source ${sources})
    file(SHA256 ${source} digest)
    string(APPEND all " ${digest}")
endforeach()
string(SHA256 STOOP_BUILD_ID "${all}")
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#pragma once\n#define STOOP_BUILD_ID \"stoop-build-@STOOP_BUILD_ID@\"\n" @ONLY)
