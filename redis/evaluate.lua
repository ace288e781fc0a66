-- uses clock.lua windows.lua deadlines.lua
--
-- Says how limits stand; counts nothing and writes nothing.
--
-- KEYS  the organization's version, then one key a scope
-- ARGV  the time in ms at which the windows are looked at; earlier than now, it is now; then for each
--       scope as admit.lua has it
-- reply as that of admit.lua for one hit, without the status

local time, reply, at = now(), {}, 2
local seen = math.max(time, tonumber(ARGV[1]))
for k = 2, #KEYS do
  local behind = at + 2 * ARGV[at]
  if ARGV[at] == '-1' then
    local sets, limit = deadlines(), tonumber(ARGV[at + 1])
    local count = redis.call('ZCOUNT', KEYS[k], '(' .. time, '+inf')
    local fits = sets.has(KEYS[k], ARGV[at + 3], time) or count < (limit < 0 and -limit - 1 or limit)
    reply[#reply + 1] = count
    reply[#reply + 1] = fits and 0 or sets.next_over(KEYS[k], time)
    behind = at + 3
  elseif behind == at then
    behind = at + 1
    reply[#reply + 1] = redis.call('ZCOUNT', KEYS[k], '(' .. time, '+inf')
  else
    local windows, number = decode(redis.call('GET', KEYS[k]) or ''), 0
    for _, w in ipairs(windows) do
      advance(w, floor(seen * SUBWINDOWS / w.period))
    end
    for i = at + 1, behind, 2 do
      local w
      w, number = ask(windows, number, tonumber(ARGV[i]), seen)
      reply[#reply + 1] = w.sum
      reply[#reply + 1] = reset(w, seen)
      local limit = tonumber(ARGV[i + 1])
      reply[#reply + 1] = retry(w, limit < 0 and -limit - 1 or limit, 1, seen)
    end
  end
  at = behind + 1
end
return reply
