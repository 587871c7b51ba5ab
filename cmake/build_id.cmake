# SPDX-License-Identifier: Apache-2.0
# Writes a header with what a program and its module must have in common: a digest of the headers that both are
# built from and of the compiler, if it is another one than the header says:
#   cmake -DSOURCE=FOLDER -DCOMPILER=TEXT -DOUTPUT=FILE -P build_id.cmake
file(GLOB_RECURSE headers ${SOURCE}/runtime/*.h ${SOURCE}/runtime/*.def ${SOURCE}/compiler/plan/*.h
    ${SOURCE}/compiler/codegen/module.h)
list(SORT headers)
set(all "${COMPILER}")
foreach(header ${headers})
    file(SHA256 ${header} digest)
    string(APPEND all " ${digest}")
endforeach()
string(SHA256 STOOP_BUILD_ID "${all}")
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#pragma once\n#define STOOP_BUILD_ID \"stoop-build-@STOOP_BUILD_ID@\"\n" @ONLY)
