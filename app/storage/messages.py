"""What a failure of storage says to the person at the terminal, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.text import Language
    from app.storage.errors import StorageError

__all__ = ["MESSAGES", "storage_message"]

MESSAGES: Final[Mapping[str, Text]] = {
    "database_unavailable": Text(
        "无法连接数据库，请检查 BEIZENG_DATABASE_URL 以及数据库是否在运行。",
        "The database cannot be reached; check BEIZENG_DATABASE_URL and whether the server runs.",
    ),
    "database_timeout": Text(
        "数据库未在时限内应答，可能有其他程序正占用它；请稍后重试。",
        "The database did not answer in time, perhaps because another program holds it; try again shortly.",
    ),
    "storage_full": Text(
        "磁盘空间已满，本次内容没有写入；请腾出空间后重试。",
        "The disk is full and nothing of this was written; free some space and try again.",
    ),
    "storage_read_only": Text(
        "数据库不可写；请检查所在文件夹的权限和磁盘是否只读。",
        "The database takes no writes; check the folder's permissions and whether the disk is read-only.",
    ),
    "database_damaged": Text(
        "数据库中的内容已损坏（{detail}）；请用备份恢复。",
        "What the database holds is damaged ({detail}); restore it from a backup.",
    ),
    "durability_weak": Text(
        "数据库设置 {setting}={value} 会在故障时丢失已确认的数据，拒绝启动；请改为 {setting}=on。",
        "With {setting}={value} the database can lose what it has confirmed, so nothing is started; set {setting}=on.",
    ),
    "schema_too_old": Text(
        "数据库尚未迁移到本版本；请先运行 beizeng db migrate。",
        "The database has not been migrated to this version; run beizeng db migrate first.",
    ),
    "schema_too_new": Text(
        "数据库由更新的版本建立（修订 {revision}）；请升级本程序。",
        "The database was made by a newer version (revision {revision}); upgrade this program.",
    ),
    "migration_busy": Text(
        "另一个进程正在迁移数据库，{seconds} 秒内未完成；请稍后重试。",
        "Another process has been migrating the database for {seconds} seconds; try again later.",
    ),
    "version_conflict": Text(
        "政策 {policy_id} 的版本 {version} 已经发布，内容不同（已发布 {published}，现有 {offered}）。"
        "已发布的版本永不更改：请在 manifest.yaml 中提高 version 后再发布，或恢复原内容。",
        "Policy {policy_id} {version} is published already with other content (published {published},"
        " offered {offered}). A published version never changes: raise version in manifest.yaml and publish again, or"
        " restore the content.",
    ),
    "backup_unsupported": Text(
        "PostgreSQL 请用其自带工具备份：pg_dump --format=custom --file={path} 数据库地址。",
        "Back PostgreSQL up with its own tool: pg_dump --format=custom --file={path} DATABASE-ADDRESS.",
    ),
    "backup_exists": Text(
        "{path} 已经存在，备份不会覆盖任何文件。", "{path} is there already; a backup overwrites nothing."
    ),
    "backup_folder": Text(
        "{path} 不是可写的文件夹，备份无法放在那里。",
        "{path} is no folder that can be written to; the backup has no place there.",
    ),
}
_SHORT: Final = 12


def storage_message(error: StorageError, language: Language) -> str:
    """The failure in words, with the way out; hashes are shown by their first digits."""
    fields = {name: str(value) for name, value in error.params.items()}
    for name in ("published", "offered"):
        if name in fields:
            fields[name] = fields[name][:_SHORT]
    return MESSAGES[error.code].in_(language).format_map(fields)
