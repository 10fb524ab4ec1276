"""The suite's cache on a Redis that its processes share."""

from common.web.caches import RedisCache


class OwnKeysRedisCache(RedisCache):
    """Clears what carries its own prefix: emptying the database would take what another process just stored."""

    def clear(self) -> None:
        """Delete every key of this process."""
        client = self._cache.get_client(write=True)
        keys = list(client.scan_iter(match=f"{self.key_prefix}:*", count=1000))
        if keys:
            client.delete(*keys)
