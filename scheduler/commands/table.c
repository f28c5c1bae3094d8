/* Every command, in the order in which one meets them. A new command is its file and two lines
 * here. */
#include "commands/command.h"

extern const struct command cmd_init, cmd_check, cmd_preview, cmd_rehearse, cmd_run, cmd_status,
    cmd_why, cmd_approve, cmd_reject, cmd_hold, cmd_release, cmd_cancel, cmd_resolve, cmd_publish,
    cmd_retract, cmd_reconcile, cmd_audit, cmd_explain, cmd_login, cmd_accounts, cmd_media, cmd_fmt,
    cmd_plan, cmd_apply, cmd_when, cmd_complete;

const struct command *const commands[] = {
    &cmd_init,    &cmd_login,    &cmd_accounts, &cmd_check,   &cmd_media,   &cmd_fmt,
    &cmd_when,    &cmd_explain,  &cmd_preview,  &cmd_plan,    &cmd_apply,   &cmd_rehearse,
    &cmd_run,     &cmd_status,   &cmd_why,      &cmd_approve, &cmd_reject,  &cmd_hold,
    &cmd_release, &cmd_cancel,   &cmd_resolve,  &cmd_publish, &cmd_retract, &cmd_reconcile,
    &cmd_audit,   &cmd_complete, NULL,
};
