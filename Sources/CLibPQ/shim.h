// The C that Swift sees: libpq, and the name of a thread, which Swift cannot set.
//
// Macros that are not plain numbers do not reach Swift, so they are repeated here as constants.
#pragma once

#include <libpq-fe.h>

// Fields of an error or notice (postgres_ext.h defines them as characters).
static const int postroom_field_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int postroom_field_sqlstate = PG_DIAG_SQLSTATE;
static const int postroom_field_message = PG_DIAG_MESSAGE_PRIMARY;
static const int postroom_field_hint = PG_DIAG_MESSAGE_HINT;
static const int postroom_field_table = PG_DIAG_TABLE_NAME;
static const int postroom_field_column = PG_DIAG_COLUMN_NAME;
static const int postroom_field_constraint = PG_DIAG_CONSTRAINT_NAME;
static const int postroom_field_source_function = PG_DIAG_SOURCE_FUNCTION;

// Names the calling thread; at most 15 bytes of the name are kept.
#ifdef __linux__
#include <sys/prctl.h>
static inline void postroom_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#else
#include <pthread.h>
static inline void postroom_name_thread(const char *name) { pthread_setname_np(name); }
#endif
