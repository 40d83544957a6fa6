--[[
Applies states to one task's working copy, if its mark stands where the writer last saw it.

KEYS  1           mark
      2           due times (sorted set)
      3 …         states to set, then states to delete
ARGV  1           mark expected; '' for none
      2           mark to leave behind (the expected one where more is to follow)
      3, 4, 5, 6  numbers of states to set, states to delete, due times to set, due times to remove
      7 …         values of the states to set; then score and member of each due time; then members to remove

Returns 1 when applied, 2 when the mark to leave behind already stood there (a resend), 0 when another mark stood there.
]]
local mark = redis.call('GET', KEYS[1]) or ''
if mark ~= ARGV[1] then
  if mark == ARGV[2] then return 2 end
  return 0
end

-- Lua's unpack is bounded by its stack, so arguments go in chunks.
local CHUNK = 1000
local sets, deletes, dues, undues = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local pairs_ = {}
for i = 1, sets do
  pairs_[#pairs_ + 1] = KEYS[2 + i]
  pairs_[#pairs_ + 1] = ARGV[6 + i]
  if #pairs_ >= CHUNK or i == sets then
    redis.call('MSET', unpack(pairs_))
    pairs_ = {}
  end
end

local function chunked(command, key, from, to)
  for at = from, to, CHUNK do
    redis.call(command, key, unpack(ARGV, at, math.min(at + CHUNK - 1, to)))
  end
end

for at = 3 + sets, 2 + sets + deletes, CHUNK do
  redis.call('UNLINK', unpack(KEYS, at, math.min(at + CHUNK - 1, 2 + sets + deletes)))
end
local due_at = 7 + sets
chunked('ZADD', KEYS[2], due_at, due_at + 2 * dues - 1)
local undue_at = due_at + 2 * dues
chunked('ZREM', KEYS[2], undue_at, undue_at + undues - 1)

if ARGV[1] ~= ARGV[2] then redis.call('SET', KEYS[1], ARGV[2]) end
return 1
