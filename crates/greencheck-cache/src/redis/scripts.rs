//! What has to happen at once inside Redis, in its Lua (since Redis 5).

use std::time::Duration;

use ::redis::Pipeline;

use super::value::Kept;

/// Longer than a look-up takes and a message of the change needs: after that no fill is under way that began before.
const MARK: Duration = Duration::from_secs(30);

/// Arguments: value, life time (ms), generation, modified (µs), when the question was asked (µs, by the clock of Redis).
const PUT: &str = r"
local there = redis.call('GET', KEYS[1])
if there then
  local changed = string.match(there, '^x (%d+)')
  local generation, modified = string.match(there, '^(%d+) (%-?%d+) ')
  if changed then
    if tonumber(ARGV[5]) <= tonumber(changed) then return 0 end
  elseif generation then
    generation, modified = tonumber(generation), tonumber(modified)
    local mine = tonumber(ARGV[3])
    if generation > mine or (generation == mine and modified > tonumber(ARGV[4])) then return 0 end
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1";

/// Argument: life time of the mark (ms). The value goes even where there is no room for a mark.
const FORGET: &str = r"
redis.call('DEL', KEYS[1])
local now = redis.call('TIME')
local mark = string.format('x %.0f', now[1] * 1000000 + now[2])
redis.pcall('SET', KEYS[1], mark, 'PX', ARGV[1])
return 1";

/// Keys: buckets. Arguments: what each spends (µs). Answers with their debts (µs).
const SPEND: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local debts = {}
for i, key in ipairs(KEYS) do
  local full = math.max(tonumber(redis.call('GET', key)) or 0, now) + tonumber(ARGV[i])
  local debt = full - now
  if debt > 0 then
    redis.call('SET', key, string.format('%.0f', full), 'PX', math.floor(debt / 1000) + 1)
  end
  debts[i] = string.format('%.0f', debt)
end
return debts";

/// Later than any mark. Lua has exact integers up to here.
pub(super) const AFTER_ALL_MARKS: i64 = (1 << 53) - 1;

/// The time of Redis and the values of `keys`, in one round trip.
pub(super) fn fetch(keys: impl Iterator<Item = String>) -> Pipeline {
    let mut commands = Pipeline::with_capacity(2);
    commands.cmd("TIME").cmd("MGET");
    for key in keys {
        commands.arg(key);
    }
    commands
}

/// Sets `key` unless what is there is newer, or marks a change at or after `asked`.
pub(super) fn put(key: &str, value: &Kept, asked: i64, ttl: Duration) -> Pipeline {
    let mut commands = eval(PUT, key);
    commands.arg(value.to_bytes()).arg(millis(ttl)).arg(value.generation()).arg(value.modified()).arg(asked);
    commands
}

/// Replaces what is at `key` by a mark that the name has changed.
pub(super) fn forget(key: &str) -> Pipeline {
    let mut commands = eval(FORGET, key);
    commands.arg(millis(MARK));
    commands
}

/// Adds to the debts of buckets, all at once.
pub(super) fn spend(debts: impl ExactSizeIterator<Item = (String, Duration)>) -> Pipeline {
    let mut commands = Pipeline::with_capacity(1);
    commands.cmd("EVAL").arg(SPEND).arg(debts.len());
    let (keys, debts): (Vec<String>, Vec<Duration>) = debts.unzip();
    commands.arg(keys);
    for debt in debts {
        commands.arg(u64::try_from(debt.as_micros()).unwrap_or(u64::MAX));
    }
    commands
}

pub(super) fn get(key: &str) -> Pipeline {
    let mut commands = Pipeline::with_capacity(1);
    commands.cmd("GET").arg(key);
    commands
}

pub(super) fn set(key: &str, value: &[u8], ttl: Duration) -> Pipeline {
    let mut commands = Pipeline::with_capacity(1);
    commands.cmd("SET").arg(key).arg(value).arg("PX").arg(millis(ttl));
    commands
}

pub(super) fn ping() -> Pipeline {
    let mut commands = Pipeline::with_capacity(1);
    commands.cmd("PING");
    commands
}

fn eval(script: &str, key: &str) -> Pipeline {
    let mut commands = Pipeline::with_capacity(1);
    commands.cmd("EVAL").arg(script).arg(1).arg(key);
    commands
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}
