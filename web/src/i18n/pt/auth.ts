import type english from '../en/auth'
import type { Translation } from '../messages'

const texts: Translation<typeof english> = {
  loginTitle: 'Entrar',
  loginLead: 'Que bom ter você de volta ao seu gateway.',
  signupTitle: 'Crie sua conta',
  signupLead:
    'Uma rota na frente de todos os modelos. Falta um minuto para a sua primeira resposta.',
  email: 'E-mail',
  password: 'Senha',
  passwordHint: 'Pelo menos 8 caracteres.',
  name: 'Nome',
  logIn: 'Entrar',
  signUp: 'Criar conta',
  noAccount: 'Primeira vez aqui?',
  toSignup: 'Crie uma conta',
  haveAccount: 'Já tem conta?',
  toLogin: 'Entre',
  wrong: 'E-mail ou senha incorretos.',
  taken: 'Já existe uma conta com este e-mail.',
  badEmail: 'Este e-mail não pode ser usado.',
  badPassword: 'A senha precisa ter de 8 a 256 caracteres.',
  closed: 'O cadastro está fechado aqui. Fale com quem administra este gateway.',
  tooMany: 'Tentativas demais. Espere alguns minutos e tente de novo.',
}

export default texts
