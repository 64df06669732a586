/**
 * The answers that Open-AutoGLM's client takes, as a grammar in llama.cpp's notation: a short thought, then one action, and nothing after
 * it. The client splits an answer at the first `finish(message=` or `do(action=` and cuts the quoted text by its length, so that none of
 * these may stand in a thought or an argument, and a closing `</answer>` would become part of the action. A thought holds no digits: a
 * small model would guess a place in it and keep to its guess.
 * Actions: https://github.com/zai-org/Open-AutoGLM (`phone_agent/config/prompts_zh.py`, `phone_agent/actions/handler.py`).
 */
export const ACTION_GRAMMAR = `root ::= "<think>" thought "</think>\\n<answer>" action
thought ::= [^<=0-9\\[\\]\\x00-\\x1f]{4,160}
action ::= do | finish
do ::= "do(action=\\"" move ")"
move ::= launch | point | type | swipe | plain | wait | note | call | take
launch ::= "Launch\\", app=" quoted
point ::= ("Tap" | "Long Press" | "Double Tap") "\\", element=" place warning?
warning ::= ", message=" quoted
type ::= ("Type" | "Type_Name") "\\", text=" quoted
swipe ::= "Swipe\\", start=" place ", end=" place
plain ::= ("Back" | "Home" | "Interact") "\\""
wait ::= "Wait\\", duration=\\"" [1-9] [0-9]? " seconds\\""
note ::= "Note\\", message=\\"True\\""
call ::= "Call_API\\", instruction=" quoted
take ::= "Take_over\\", message=" quoted
finish ::= "finish(message=" quoted ")"
quoted ::= "\\"" [^"\\\\=\\x00-\\x1f]{1,120} "\\""
place ::= "[" step "," step "]"
step ::= [0-9] | [1-9] [0-9] | [1-9] [0-9] [0-9]
`;
