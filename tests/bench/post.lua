-- wrk -s post.lua URL -- BEARER BODY [NAME VALUE]...: the same POST again and again; one line of figures at the end.

function init(arguments)
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  wrk.headers["authorization"] = "Bearer " .. arguments[1]
  wrk.body = arguments[2]
  for index = 3, #arguments, 2 do
    wrk.headers[arguments[index]] = arguments[index + 1]
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local line = '{"requests": %d, "failed": %d, "p50_us": %d, "p99_us": %d}\n'
  io.write(line:format(summary.requests, failed, latency:percentile(50), latency:percentile(99)))
end
